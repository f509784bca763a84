using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using Godwit.Kills.Rates;
using Godwit.Kills.Wire;
using Godwit.Protocol;

namespace Godwit.Kills.Interference;

/// <summary>A connection on which messages of QoS 1 are sent when it is time, whatever has been acknowledged, and the time of each PUBACK is taken.</summary>
internal sealed class SteadyPublisher : IDisposable
{
    private static readonly Packets Packets = new(ProtocolVersion.Mqtt5);

    private readonly PacketPipe _pipe;
    private readonly byte[] _packet;
    private readonly int _idOffset;
    private readonly long[] _sent = new long[ushort.MaxValue + 1];
    private ushort _lastId;
    private long _sentCount;
    private long _acknowledged;

    private SteadyPublisher(PacketPipe pipe, string topic, int payloadBytes)
    {
        _pipe = pipe;
        _packet = Packets.Publish(topic, new byte[payloadBytes], QoS.AtLeastOnce, 1);
        _idOffset = _packet.Length - payloadBytes - 3;          // the id, an empty property block, the payload
    }

    /// <summary>Microseconds of each PUBACK that came while <see cref="RatePublisher.IsMeasured"/>.</summary>
    public List<int> Latencies { get; } = [];

    /// <summary>Messages without PUBACK.</summary>
    public long Open => Interlocked.Read(ref _sentCount) - Interlocked.Read(ref _acknowledged);

    public static async Task<SteadyPublisher> ConnectAsync(IPEndPoint broker, string clientId, string topic, int payloadBytes, CancellationToken ct) =>
        new(await PacketPipe.ConnectAsync(broker, Packets.Connect(clientId, cleanStart: true), 16 * 1024, ct), topic, payloadBytes);

    /// <summary>Sends a message. From one thread.</summary>
    public void Publish()
    {
        Assert.True(Open < ushort.MaxValue, "the broker acknowledges nothing");
        _lastId = _lastId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastId + 1);
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(_idOffset), _lastId);
        Volatile.Write(ref _sent[_lastId], Stopwatch.GetTimestamp());
        Interlocked.Increment(ref _sentCount);
        _pipe.Send(_packet);
    }

    /// <summary>Takes what comes until stopped.</summary>
    public async Task ReceiveAsync(CancellationToken stop)
    {
        while (true)
        {
            await _pipe.ReceiveAsync(Take, stop);
        }
    }

    public void Dispose() => _pipe.Dispose();

    private void Take(FixedHeader header, ReadOnlySpan<byte> body)
    {
        Assert.Equal(PacketType.Puback, header.Type);
        Assert.True(body.Length < 3 || body[2] < 0x80, "a message was refused");
        if (RatePublisher.IsMeasured)
        {
            var sent = Volatile.Read(ref _sent[BinaryPrimitives.ReadUInt16BigEndian(body)]);
            Latencies.Add((int)(Stopwatch.GetElapsedTime(sent).Ticks / TimeSpan.TicksPerMicrosecond));
        }

        Interlocked.Increment(ref _acknowledged);
    }
}
