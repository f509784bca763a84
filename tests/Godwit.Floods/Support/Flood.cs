using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Testing.Brokers;

namespace Godwit.Floods.Support;

/// <summary>
/// The frame of every flood: a broker of its own process, neighbours who talk before and during the flood, memory from start to end, and a
/// fresh pair of clients afterwards.
/// </summary>
internal sealed class Flood : IAsyncDisposable
{
    /// <summary>
    /// Garbage that the runtime keeps before it collects, arrays it keeps for re-use, compiled code: counted by no limit. Beside it, and as
    /// long as more is held, there is as much garbage as there is held.
    /// </summary>
    private const long RuntimeSlackBytes = 64_000_000;

    /// <summary>
    /// What "flat" means: the second half of a flood adds no more than this. The buffers before the disk grow to what comes during one flush,
    /// which now and then is a long one.
    /// </summary>
    public const long FlatBytes = 32_000_000;

    /// <summary>Memory of a message of a few bytes in a queue or in the retained store, as a multiple of what the limits count for it.</summary>
    public const long SmallMessageFactor = 5;

    /// <summary>Clients of the frame itself: two neighbours and the reader of $SYS.</summary>
    public const int OwnClients = 3;

    /// <summary>What they have subscribed to.</summary>
    public const int OwnSubscriptions = 2;

    private const int IdleMessages = 30;

    /// <summary>Generous: a shard that stands still makes it hundreds.</summary>
    private const double RatioMax = 25;

    private readonly string _title;
    private readonly string _transport;
    private readonly BrokerProcess _broker;
    private readonly Neighbours _neighbours;
    private readonly Latencies _idle;
    private readonly long _before;
    private readonly ProcessTime _timeBefore;

    private Flood(string title, string transport, BrokerProcess broker)
    {
        (_title, _transport, _broker) = (title, transport, broker);
        Memory = new ProcessMemory(broker.ProcessId);
        AssertService("before");                        // compiles what the measurement would otherwise measure
        Figures = new SysFigures(broker.Address);
        _neighbours = new Neighbours(broker.Address);
        Thread.Sleep(200);
        _neighbours.Take();
        Thread.Sleep(IdleMessages * 20);
        _idle = _neighbours.Take();
        Memory.ForgetPeak();
        _before = Memory.Resident;
        _timeBefore = ProcessTime.Of(broker.ProcessId);
    }

    public BrokerAddress Broker => _broker.Address;

    public ProcessMemory Memory { get; }

    public SysFigures Figures { get; }

    /// <summary>Starts the broker and measures how it is when all is quiet.</summary>
    /// <param name="title">For the report.</param>
    /// <param name="transport">One of <see cref="Transports"/>.</param>
    /// <param name="settings">For <c>--set</c>.</param>
    public static async Task<Flood> StartAsync(string title, string transport, params string[] settings)
    {
        // One shard: neighbours and flood share everything there is to share.
        string[] arguments = ["--quiet", "--shards", "1", "--transport", transport, "--set", "SysIntervalSeconds=1"];
        var broker = await BrokerProcess.StartAsync([.. arguments, .. settings.SelectMany(setting => new[] { "--set", setting })]);
        try
        {
            return new Flood(title, transport, broker);
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>The flood is over: nobody else has noticed, and memory has stayed within what the limits allow.</summary>
    /// <param name="heldBytes">Most that the broker may have held because of the flood, as docs/limits.md says it.</param>
    public void End(long heldBytes) => EndWithin((2 * heldBytes) + RuntimeSlackBytes);

    /// <summary>The flood is over: nobody else has noticed, and memory has not grown by more than this.</summary>
    public void EndWithin(long growthBytesMax)
    {
        _neighbours.Leave();
        var slowdown = ProcessTime.Of(_broker.ProcessId).SlowdownSince(_timeBefore);
        var during = _neighbours.Take();                // with those that were stuck until now
        AssertService("after");
        var figures = new FloodFigures
        {
            BeforeBytes = _before,
            PeakBytes = Memory.Peak,
            HeapBytes = Figures["heap/maximum"],
            BoundBytes = growthBytesMax,
            Idle = _idle,
            During = during,
            Slowdown = slowdown,
        };
        FloodReport.Add(_title, _transport, figures);
        Assert.True(figures.GrowthBytes <= growthBytesMax, $"{_title}: memory grew by {figures.GrowthBytes:N0} bytes, more than {growthBytesMax:N0}");
        Assert.True(figures.HeapBytes <= growthBytesMax, $"{_title}: the heap had {figures.HeapBytes:N0} bytes, more than {growthBytesMax:N0}");
        Assert.True(
            figures.RatioP50 <= RatioMax && figures.RatioP99 <= RatioMax,
            $"{_title}: the neighbours' latency, p50 / p99, went from {_idle} to {during} ms, where everything took {slowdown:0.0} times as long");
    }

    public async ValueTask DisposeAsync()
    {
        _neighbours.Dispose();
        Figures.Dispose();
        await _broker.DisposeAsync();
    }

    /// <summary>Two clients that have just come exchange a message of each QoS.</summary>
    private void AssertService(string when)
    {
        var arrived = 0;
        var topic = $"service/{when}";
        using var subscriber = new PatientClient(Broker, $"subscriber-{when}", topic, (in PublishPacket publish) => arrived |= 1 << publish.Payload[0]);
        using var publisher = new PatientClient(Broker, $"publisher-{when}", filter: null, PatientClient.Nothing);
        for (var qos = QoS.AtMostOnce; qos <= QoS.ExactlyOnce; qos++)
        {
            publisher.Send(Bytes.Publish(topic, [(byte)qos], qos, (ushort)qos));
        }

        Eventually.IsTrue(() => Volatile.Read(ref arrived) == 0b111, () => $"{when} the flood, of QoS 0, 1 and 2 there arrived 0b{arrived:b}");
        Assert.Null(subscriber.Fault ?? publisher.Fault);
    }
}
