using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Testing.Brokers;

namespace Godwit.Floods.Support;

/// <summary>
/// Two clients who have nothing to do with the flood: one sends the other a message every 20 ms, at QoS 0, 1 and 2 in turn. None may
/// be lost or come twice, neither may be disconnected, and the time on the way is written down.
/// </summary>
internal sealed class Neighbours : IDisposable
{
    private const int IntervalMs = 20;
    private const string Topic = "neighbours/hello";

    private readonly PatientClient _receiver;
    private readonly PatientClient _sender;
    private readonly Thread _talker;
    private readonly ConcurrentQueue<double> _latencies = new();
    private readonly ConcurrentDictionary<int, byte> _arrived = new();
    private readonly ConcurrentQueue<string> _mistakes = new();
    private volatile int _sent;
    private volatile bool _isStopping;

    public Neighbours(BrokerAddress broker)
    {
        _receiver = new PatientClient(broker, "neighbour-receiver", Topic, Arrived);
        _sender = new PatientClient(broker, "neighbour-sender", filter: null, (in PublishPacket _) => _mistakes.Enqueue("a message for the sender"));
        _talker = new Thread(Talk) { IsBackground = true, Name = "neighbours" };
        _talker.Start();
    }

    /// <summary>The latencies since the last call.</summary>
    public Latencies Take()
    {
        var taken = new List<double>();
        while (_latencies.TryDequeue(out var latency))
        {
            taken.Add(latency);
        }

        return new Latencies(taken);
    }

    /// <summary>Ends the talk and fails when anything was lost, came twice, or a connection ended.</summary>
    public void Leave()
    {
        _isStopping = true;
        _talker.Join();
        Eventually.IsTrue(() => _arrived.Count >= _sent || FirstMistake is not null, () => $"the neighbours got {_arrived.Count} of {_sent} messages");
        Assert.Null(FirstMistake);
    }

    public void Dispose()
    {
        _isStopping = true;
        _talker.Join();
        _sender.Dispose();
        _receiver.Dispose();
    }

    private string? FirstMistake =>
        _mistakes.TryPeek(out var mistake) ? mistake : (_sender.Fault ?? _receiver.Fault)?.ToString();

    private void Talk()
    {
        try
        {
            Span<byte> payload = stackalloc byte[12];
            while (!_isStopping)
            {
                var number = _sent + 1;
                var qos = (QoS)(number % 3);
                var packetId = qos == QoS.AtMostOnce ? (ushort)0 : (ushort)(1 + (number % ushort.MaxValue));
                BinaryPrimitives.WriteInt32BigEndian(payload, number);
                BinaryPrimitives.WriteInt64BigEndian(payload[4..], Stopwatch.GetTimestamp());
                _sent = number;
                _sender.Send(Bytes.Publish(Topic, payload, qos, packetId));
                Thread.Sleep(IntervalMs);
            }
        }
#pragma warning disable CA1031 // Told by Leave.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _mistakes.Enqueue(fault.ToString());
        }
    }

    private void Arrived(in PublishPacket publish)
    {
        var number = BinaryPrimitives.ReadInt32BigEndian(publish.Payload);
        _latencies.Enqueue(Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64BigEndian(publish.Payload[4..])).TotalMilliseconds);
        if (!_arrived.TryAdd(number, 0))
        {
            _mistakes.Enqueue($"message {number} came twice");
        }
    }
}
