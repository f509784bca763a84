using System.Net;
using Godwit.Bench.Clients;
using Godwit.Bench.Plans;
using Godwit.Bench.Sockets;
using Godwit.Bench.Workers;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Bench.Tests.Support;

/// <summary>
/// A broker in the place of the sockets, and the time with it: time passes only while the worker waits. It answers and forwards
/// everything 100 us later, unless it stalls: then when the stall is over.
/// </summary>
internal sealed class VirtualBroker : ISocketPoller
{
    private const long ServiceNs = 100_000;

    private readonly ProtocolVersion _version;
    private readonly List<byte>[] _received;
    private readonly PriorityQueue<(int Client, byte[] Bytes), (long DueNs, long Number)> _answers = new();
    private readonly List<byte>[] _readable;
    private readonly List<int> _connecting = [];
    private readonly HashSet<int> _subscribers = [];
    private long _answersCount;

    private VirtualBroker(BenchPlan plan)
    {
        _version = plan.Version;
        _received = [.. Enumerable.Range(0, plan.Connections).Select(_ => new List<byte>())];
        _readable = [.. Enumerable.Range(0, plan.Connections).Select(_ => new List<byte>())];
    }

    public long NowNs { get; private set; } = 1_000_000_000;

    /// <summary>From when on it does nothing.</summary>
    internal long StallFromNs { get; set; } = long.MaxValue;

    /// <summary>When it goes on.</summary>
    internal long StallToNs { get; set; } = long.MaxValue;

    internal RunState Run { get; private init; } = null!;

    internal Worker Worker => Run.Workers[0];

    /// <summary>A run of one worker whose sockets lead here, with all clients connected.</summary>
    internal static VirtualBroker Connected(BenchPlan plan)
    {
        var workload = new Workload(plan);
        var run = new RunState(plan, workload, new IPEndPoint(IPAddress.Loopback, 1), []) { StartNs = 0 };
        run.Publishers = [.. Enumerable.Range(0, plan.Publishers).Select(index => new Publisher(plan, index, worker: 0))];
        var broker = new VirtualBroker(plan) { Run = run };
        run.Workers = [new Worker(run, 0, broker)];
        broker.TurnUntil(RunPhase.OpenSubscribers, () => broker.Worker.Counters.ReadySubscribers == plan.Subscribers);
        broker.TurnUntil(RunPhase.OpenPublishers, () => broker.Worker.Counters.ReadyPublishers == plan.Publishers);
        return broker;
    }

    /// <summary>Lets the worker run for some time of its own.</summary>
    internal void RunFor(RunPhase phase, long ns)
    {
        var endNs = NowNs + ns;
        TurnUntil(phase, () => NowNs >= endNs);
    }

    public string? Open(int client, IPEndPoint remote, IPAddress? local)
    {
        _connecting.Add(client);
        return null;
    }

    public string? FinishOpen(int client) => null;

    public int Receive(int client, Span<byte> buffer)
    {
        var bytes = _readable[client];
        var count = Math.Min(bytes.Count, buffer.Length);
        bytes.GetRange(0, count).ToArray().CopyTo(buffer);
        bytes.RemoveRange(0, count);
        return count > 0 ? count : -1;
    }

    public int Send(int client, ReadOnlySpan<byte> bytes)
    {
        _received[client].AddRange(bytes);
        var input = _received[client].ToArray();
        var done = 0;
        while (PacketFramer.TryRead(input.AsSpan(done), _version, int.MaxValue, out var header, out var body, out var size, out _) == FrameStatus.Complete)
        {
            Handle(client, header, body);
            done += size;
        }

        _received[client].RemoveRange(0, done);
        return bytes.Length;
    }

    public void WatchWriting(int client, bool isWatched)
    {
    }

    public void Close(int client)
    {
    }

    public int Wait(Span<SocketEvent> events, long timeoutNs)
    {
        var untilNs = NowNs + timeoutNs;
        if (_connecting.Count == 0 && _answers.TryPeek(out _, out var first))
        {
            untilNs = Math.Min(untilNs, Math.Max(first.DueNs, NowNs));
        }

        NowNs = _connecting.Count > 0 ? NowNs : untilNs;
        while (_answers.TryPeek(out _, out var due) && due.DueNs <= NowNs)
        {
            var (client, bytes) = _answers.Dequeue();
            _readable[client].AddRange(bytes);
        }

        var count = 0;
        foreach (var client in _connecting)
        {
            events[count++] = new SocketEvent(client, SocketEvents.Writable);
        }

        _connecting.Clear();
        for (var client = 0; client < _readable.Length && count < events.Length; client++)
        {
            if (_readable[client].Count > 0)
            {
                events[count++] = new SocketEvent(client, SocketEvents.Readable);
            }
        }

        return count;
    }

    public void Wake()
    {
    }

    public void Dispose()
    {
    }

    private void TurnUntil(RunPhase phase, Func<bool> isDone)
    {
        Run.Enter(phase);
        for (var turns = 0; !isDone(); turns++)
        {
            Assert.True(turns < 1_000_000, "the worker makes no progress");
            Assert.True(Worker.Turn());
        }
    }

    private void Handle(int client, FixedHeader header, ReadOnlySpan<byte> body)
    {
        switch (header.Type)
        {
            case PacketType.Connect:
                Answer(client, new ConnackPacket { ReasonCode = ConnackReasonCode.Success });
                break;

            case PacketType.Subscribe:
                SubscribePacket.TryRead(body, _version, out var subscribe);
                _subscribers.Add(client);
                Answer(client, new SubackPacket { PacketId = subscribe.PacketId, ReasonCodes = new byte[subscribe.FilterCount] });
                break;

            case PacketType.Publish:
                PublishPacket.TryRead(header.Flags, body, _version, out var publish);
                if (publish.QoS == QoS.AtLeastOnce)
                {
                    Answer(client, new PubackPacket { PacketId = publish.PacketId });
                }

                foreach (var subscriber in _subscribers)
                {
                    Answer(subscriber, new PublishPacket { Topic = publish.Topic, Payload = publish.Payload });
                }

                break;

            default:
                break;
        }
    }

    private void Answer<TPacket>(int client, TPacket packet)
        where TPacket : IPacket, allows ref struct
    {
        var bytes = new byte[packet.Measure(_version)];
        packet.Write(bytes, _version);
        var isStalled = NowNs >= StallFromNs && NowNs < StallToNs;
        _answers.Enqueue((client, bytes), ((isStalled ? StallToNs : NowNs) + ServiceNs, _answersCount++));
    }
}
