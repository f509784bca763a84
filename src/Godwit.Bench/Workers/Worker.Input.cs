using System.Buffers.Binary;
using Godwit.Bench.Clients;
using Godwit.Bench.Measurement;
using Godwit.Bench.Plans;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Bench.Workers;

/// <summary>What arrives. Packets are taken apart where they were received; PUBLISH and its answers by hand, because nothing else comes often.</summary>
internal sealed partial class Worker
{
    private const byte ErrorMin = 0x80;
    private const long ForeignAgeNs = 3600 * NsPerSecond;       // an older time stamp is none


    private void Read(BenchClient client)
    {
        var kept = client.Input.Length;
        client.Input.CopyTo(_buffer);
        var count = _poller.Receive(client.Number, _buffer.AsSpan(kept));
        if (count <= 0)
        {
            if (count == 0)
            {
                Drop(client);
            }

            return;
        }

        Counters.Reads++;
        var nowNs = _poller.NowNs;
        var receivedBefore = Counters.Received;
        var rest = _buffer.AsSpan(0, kept + count);
        while (TryFrame(rest, out var headerSize, out var bodySize))
        {
            if (bodySize < 0)
            {
                _run.Report("the broker sent a packet with a malformed length");
                Drop(client);
                return;
            }

            if (rest.Length < headerSize + bodySize)
            {
                MakeRoom(headerSize + bodySize);
                break;
            }

            HandlePacket(client, rest[0], rest.Slice(headerSize, bodySize), nowNs);
            if (client.State == ClientState.Closed)
            {
                return;
            }

            rest = rest[(headerSize + bodySize)..];
        }

        if (Counters.Received != receivedBefore)
        {
            Counters.FirstReceivedNs = Math.Min(Counters.FirstReceivedNs, nowNs);
            Counters.LastReceivedNs = nowNs;
        }

        client.KeepInput(rest);
        if (_outbox.Length > 0)
        {
            Flush(client);
        }
    }

    /// <summary>A packet must fit into the buffer as a whole.</summary>
    private void MakeRoom(int packetSize)
    {
        if (packetSize > _buffer.Length)
        {
            _buffer = new byte[packetSize + ReadSize];
        }
    }

    /// <summary>Reads a fixed header.</summary>
    /// <returns>False: more bytes are needed. With true a negative body size means that it is malformed.</returns>
    private static bool TryFrame(ReadOnlySpan<byte> input, out int headerSize, out int bodySize)
    {
        headerSize = 2;
        bodySize = 0;
        if (input.Length < 2)
        {
            return false;
        }

        if (input[1] < 0x80)
        {
            bodySize = input[1];
            return true;
        }

        var error = VariableByteInteger.TryRead(input[1..], ProtocolVersion.Mqtt311, out var length, out var size);
        headerSize = 1 + size;
        bodySize = error == PacketError.None ? (int)length : -1;
        return error != PacketError.FieldTruncated;
    }

    private void HandlePacket(BenchClient client, byte first, ReadOnlySpan<byte> body, long nowNs)
    {
        switch ((PacketType)(first >> 4))
        {
            case PacketType.Publish:
                HandlePublish(client, first, body, nowNs);
                break;

            case PacketType.Puback or PacketType.Pubrec or PacketType.Pubcomp:
                HandleAcknowledgement(client, (PacketType)(first >> 4), body, nowNs);
                break;

            case PacketType.Pubrel when body.Length >= 2:
                WriteAcknowledgement(PacketType.Pubcomp, 0, BinaryPrimitives.ReadUInt16BigEndian(body));
                break;

            case PacketType.Connack:
                HandleConnack(client, body, nowNs);
                break;

            case PacketType.Suback:
                HandleSuback(client, body);
                break;

            case PacketType.Pingresp:
                HandlePingresp(client, nowNs);
                break;

            case PacketType.Disconnect:
                _run.Report($"the broker sent DISCONNECT with reason code 0x{(body.Length > 0 ? body[0] : 0):x2}");
                break;

            default:
                _run.Report($"the broker sent packet type {first >> 4}");
                break;
        }
    }

    private void HandlePublish(BenchClient client, byte first, ReadOnlySpan<byte> body, long nowNs)
    {
        var qos = (first >> 1) & 3;
        var at = body.Length < 2 ? int.MaxValue : 2 + BinaryPrimitives.ReadUInt16BigEndian(body);
        if (at > body.Length - (qos > 0 ? 2 : 0))
        {
            Counters.Foreign++;
            return;
        }

        if (qos > 0)
        {
            WriteAcknowledgement(qos == 1 ? PacketType.Puback : PacketType.Pubrec, 0, BinaryPrimitives.ReadUInt16BigEndian(body[at..]));
            at += 2;
        }

        if (_plan.Version == ProtocolVersion.Mqtt5)
        {
            var error = VariableByteInteger.TryRead(body[at..], ProtocolVersion.Mqtt311, out var length, out var size);
            at = error == PacketError.None ? at + size + (int)length : int.MaxValue;
        }

        if (at > body.Length - MessageHeader.Size)
        {
            Counters.Foreign++;
            return;
        }

        var stream = MessageHeader.Read(body[at..], out var sequence, out var sentNs);
        if (!IsOurs(stream, sentNs, nowNs))
        {
            Counters.Foreign++;
            return;
        }

        Counters.DupFlags += (first >> 3) & 1;
        CountArrival(client, stream, sequence);
        if (sentNs >= _run.MeasureFromNs)
        {
            Counters.Latency.Record(nowNs - sentNs);
        }

        if (_credit > 0)
        {
            GiveCredit(_run.Publishers[stream % _workload.Publishers]);
        }
    }

    private bool IsOurs(int stream, long sentNs, long nowNs) => _plan.Shape == BenchShape.Sub
        ? sentNs > nowNs - ForeignAgeNs && sentNs <= nowNs
        : stream < _workload.Streams && sentNs >= _run.StartNs && sentNs <= nowNs;

    private void CountArrival(BenchClient client, int stream, long sequence)
    {
        var checker = client.Checker ??= new SequenceChecker(_workload.AllowsGaps, startsAnywhere: _plan.Shape == BenchShape.Sub);
        var missingBefore = checker.Missing;
        switch (checker.Take(stream, sequence))
        {
            case Arrival.OutOfOrder:
                Counters.OutOfOrder++;
                break;

            case Arrival.Duplicate:
                Counters.Duplicates++;
                break;

            default:
                break;
        }

        Counters.Missing += checker.Missing - missingBefore;
        Counters.Received++;
    }

    private void GiveCredit(Publisher publisher)
    {
        if (_touched.Length == 1)
        {
            publisher.Delivered++;
            return;
        }

        Interlocked.Increment(ref publisher.Delivered);
        _touched[publisher.Worker] = true;
    }

    private void HandleAcknowledgement(BenchClient client, PacketType type, ReadOnlySpan<byte> body, long nowNs)
    {
        if (client.Publisher?.Window is not { } window || body.Length < 2)
        {
            Counters.BadAcknowledgements++;
            return;
        }

        var packetId = BinaryPrimitives.ReadUInt16BigEndian(body);
        var isRefused = body.Length > 2 && body[2] >= ErrorMin;
        if (type == PacketType.Pubrec && !isRefused)
        {
            if (window.Release(packetId))
            {
                WriteAcknowledgement(PacketType.Pubrel, 2, packetId);
            }
            else
            {
                Counters.BadAcknowledgements++;
            }

            return;
        }

        if (!window.End(packetId, isReleased: type == PacketType.Pubcomp, out var sentNs))
        {
            Counters.BadAcknowledgements++;
            return;
        }

        Counters.Acknowledged++;
        if (isRefused)
        {
            Counters.Refused++;
            _run.Report($"the broker refused a message with reason code 0x{body[2]:x2}");
        }

        if (sentNs >= _run.MeasureFromNs)
        {
            Counters.Acknowledgement.Record(nowNs - sentNs);
        }
    }

    private void HandleConnack(BenchClient client, ReadOnlySpan<byte> body, long nowNs)
    {
        var error = ConnackPacket.TryRead(body, _plan.Version, out var connack);
        if (error != PacketError.None || connack.ReasonCode != ConnackReasonCode.Success)
        {
            _run.Report(error != PacketError.None ? $"the broker sent a malformed CONNACK: {error}" : $"the broker refused a connection: {connack.ReasonCode}");
            Drop(client);
            return;
        }

        Counters.Connect.Record(nowNs - client.ConnectStartNs);
        Counters.SessionsPresent += connack.SessionPresent ? 1 : 0;
        if (client.Publisher?.Window is { } window && _plan.Version == ProtocolVersion.Mqtt5)
        {
            window.Limit = Math.Min(window.Limit, (int)connack.Properties.NumberOr(PropertyId.ReceiveMaximum, ushort.MaxValue));
        }

        client.SubacksDue = client.Publisher is null && _run.Subscribes ? Handshake.WriteSubscribes(_outbox, _run, client) : 0;
        if (client.SubacksDue > 0)
        {
            client.State = ClientState.AwaitingSuback;
        }
        else
        {
            BecomeReady(client);
        }
    }

    private void HandleSuback(BenchClient client, ReadOnlySpan<byte> body)
    {
        var error = SubackPacket.TryRead(body, _plan.Version, out var suback);
        foreach (var code in error == PacketError.None ? suback.ReasonCodes : [ErrorMin])
        {
            if (code >= ErrorMin)
            {
                Counters.Refused++;
                _run.Report($"the broker refused a subscription with reason code 0x{code:x2}");
            }
        }

        if (client.State == ClientState.AwaitingSuback && --client.SubacksDue == 0)
        {
            BecomeReady(client);
        }
    }

    private void HandlePingresp(BenchClient client, long nowNs)
    {
        Counters.Pongs++;
        if (client.PingSentNs != 0)
        {
            Counters.Ping.Record(nowNs - client.PingSentNs);
        }

        client.PingSentNs = 0;
        if (client.IsAtBarrier)
        {
            client.IsAtBarrier = false;
            Counters.Barriers++;
        }
    }

    private void WriteAcknowledgement(PacketType type, int flags, ushort packetId)
    {
        var target = _outbox.Reserve(4);
        target[0] = (byte)(((int)type << 4) | flags);
        target[1] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], packetId);
        _outbox.Advance(4);
    }
}
