using Godwit.Compare.Loads;

namespace Godwit.Compare.Scaling;

/// <summary>The axes, and what is stated of each.</summary>
internal static class Axes
{
    /// <summary>Subscriptions and other sizes beyond the limits that protect a broker from one client.</summary>
    public static IReadOnlyList<string> BrokerSettings { get; } = ["Limits:FiltersPerSessionMax=0", "Limits:FilterBytesPerSessionMax=100000000000"];

    private const string CpuPerMessage = "cpu.cpu_us_per_msg";
    private const int MessagesPerSecond = 10_000;
    private const int BytesOnTheWayMax = 2_000_000;

    /// <summary>All, in order.</summary>
    public static IReadOnlyList<Axis> All { get; } =
    [
        Connections(),
        Subscriptions(),
        Topics(),
        Payload(),
        Retained(),
        .. Workloads.All.Take(5).Select(Pressure),
    ];

    private static Axis Connections() => new(
        "connections",
        "10,000 messages of QoS 1 a second, from one half of the connections to the other, each pair its own topic",
        "connections",
        "At the same rate of messages, 190 times the connections cost at most three times as much: each message then has a wake-up, a read and a write for itself.",
        [Point(100), Point(1_000), Point(2_000), Point(5_000), Point(10_000), Point(19_000)],
        [new AxisFigure("CPU µs/message", CpuPerMessage, GrowthMax: 3)]);

    private static AxisPoint Point(int connections)
    {
        var pairs = connections / 2;
        var load = new Load { Mode = LoadMode.PubSub, Publishers = pairs, Subscribers = pairs, Topics = pairs, Qos = 1, OpenLoopRate = MessagesPerSecond };
        return new AxisPoint(connections, load) { IsQuick = connections is 100 or 2_000 };
    }

    private static Axis Subscriptions() => new(
        "subscriptions",
        "1:1, QoS 0, 100 topics, beside subscriptions of others that match none of them; half of these have a `+`",
        "other subscriptions",
        "Flat: what does not match costs nothing. (At most 1.4 times as much, for two runs of the same differ by that.)",
        [.. new[] { 10, 1_000, 10_000, 100_000, 1_000_000 }.Select(others => new AxisPoint(others, new Load { Mode = LoadMode.PubSub, Topics = 100 })
        {
            OtherSubscriptions = others,
            IsQuick = others is 10 or 100_000,
        })],
        [new AxisFigure("CPU µs/message", CpuPerMessage, GrowthMax: 1.4)]);

    private static Axis Topics() => new(
        "topics",
        "10 publishers, 10 subscribers, QoS 0; each topic has one subscription, and all topics take turns",
        "topics",
        "100,000 times the topics cost at most six times as much: what is a handful of nodes in the processor's first cache becomes gigabytes of them in memory.",
        [.. new[] { 10, 1_000, 10_000, 100_000, 1_000_000 }.Select(topics => new AxisPoint(topics, new Load { Mode = LoadMode.PubSub, Publishers = 10, Subscribers = 10, Topics = topics })
        {
            IsQuick = topics is 10 or 100_000,
        })],
        [new AxisFigure("CPU µs/message", CpuPerMessage, GrowthMax: 6)]);

    private static Axis Payload() => new(
        "payload",
        "1:1, QoS 0",
        "bytes of payload",
        "65,536 times the bytes cost at most 4,096 times as much: a sixteenth of what each byte costs in the smallest message.",
        [.. new[] { 16, 256, 4_096, 65_536, 1_048_576 }.Select(bytes => new AxisPoint(bytes, new Load { Mode = LoadMode.PubSub, PayloadBytes = bytes })
        {
            GeneratorArguments = ["--e2e", Text(Math.Clamp(BytesOnTheWayMax / bytes, 2, 1000))],
            IsQuick = bytes is 16 or 4_096 or 1_048_576,
        })],
        [new AxisFigure("CPU µs/message", CpuPerMessage, GrowthMax: 4_096)]);

    private static Axis Retained() => new(
        "retained",
        "one publisher stores retained messages of QoS 0, each in a topic of its own, then one subscriber gets them all",
        "retained messages",
        "1,000 times the messages cost at most two and a half times as much each.",
        [.. new[] { 1_000, 10_000, 100_000, 1_000_000 }.Select(messages => new AxisPoint(messages, new Load { Mode = LoadMode.Retained, Topics = messages })
        {
            IsQuick = messages <= 100_000 && messages != 10_000,
            WarmUp = new Load { Mode = LoadMode.Retained, Topics = 50_000, SettleSeconds = 0.1 },
        })],
        [
            new AxisFigure("CPU µs/store", "store.cpu_us_per_msg", GrowthMax: 2.5),
            new AxisFigure("CPU µs/deliver", "deliver.cpu_us_per_msg", GrowthMax: 2.5),
        ]);

    private static Axis Pressure(Workload workload) => new(
        "pressure-" + workload.Id,
        $"workload {workload.Id} of performance.md, {workload.Title}, with more generator",
        "generator",
        "A message costs at most twice as much under more pressure.",
        [
            new AxisPoint(1, workload.Load) { Label = "1 thread", IsQuick = workload.Id is "a" or "b" },
            new AxisPoint(2, workload.Load) { Label = "2 threads", GeneratorArguments = ["--threads", "2"], IsQuick = workload.Id is "a" or "b" },
            new AxisPoint(3, workload.Load) { Label = "2 threads, broker alone on a processor", GeneratorArguments = ["--threads", "2"], IsPinned = true, IsQuick = workload.Id is "a" or "b" },
        ],
        [new AxisFigure("CPU µs/message", CpuPerMessage, GrowthMax: 2)])
    {
        HasPlot = false,
    };

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
