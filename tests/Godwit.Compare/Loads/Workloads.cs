namespace Godwit.Compare.Loads;

/// <summary>The workloads a to k, and the bars over them.</summary>
/// <remarks>
/// The pairs of numbers are CPU µs (or bytes) on one machine: mosquitto 2.0.11, and what Godwit must reach beside it. Other machines have other
/// numbers, so the bar is their ratio.
/// </remarks>
internal static class Workloads
{
    private const string CpuPerMessage = "cpu.cpu_us_per_msg";

    /// <summary>All, in order.</summary>
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("a", "1:1, QoS 0, 16 B", new Load { Mode = LoadMode.PubSub }, [Cpu(0.10 / 6.2, relay: 5)]) { HasLatency = true },
        new("b", "1:1, QoS 1, window 100", new Load { Mode = LoadMode.PubSub, Qos = 1 }, [Cpu(0.35 / 11.9, relay: 3)]) { HasLatency = true },
        new("c", "fan-out 1 to 1,000, QoS 0", new Load { Mode = LoadMode.PubSub, Subscribers = 1000 }, [Cpu(0.08 / 4.6, relay: 3)]) { HasLatency = true },
        new("d", "fan-in 1,000 to 1, QoS 1", new Load { Mode = LoadMode.PubSub, Publishers = 1000, Qos = 1, Window = 1 }, [Cpu(0.75 / 6.0, relay: 3)])
        {
            HasLatency = true,
        },
        new(
            "e",
            "50 x 50 x 50 topics, QoS 1, 256 B",
            new Load { Mode = LoadMode.PubSub, Publishers = 50, Subscribers = 50, Topics = 50, Qos = 1, PayloadBytes = 256 },
            [Cpu(0.30 / 10, relay: 3)])
        {
            HasLatency = true,
        },
        new("f", "1:1, QoS 2, window 100", new Load { Mode = LoadMode.PubSub, Qos = 2 }, [Cpu(mosquitto: null, relay: 3)]) { HasMosquitto = false },
        new(
            "g",
            "10,000 messages/s, QoS 1, 100 to 100",
            new Load { Mode = LoadMode.PubSub, Publishers = 100, Subscribers = 100, Topics = 100, Qos = 1, RatePerPublisher = 100 },
            [Cpu(26.0 / 35), new Figure("p99 µs", "lat_us.p99") { MosquittoRatioMax = 1 }]),
        new(
            "h",
            "19,800 idle connections, one subscription each",
            new Load { Mode = LoadMode.Connections, Subscribers = 19_800 },
            [
                new Figure("bytes/connection", "rss_held_per_conn") { MosquittoRatioMax = 900.0 / 1013 },
                new Figure("CPU µs/connect", "open.cpu_us_per_msg") { MosquittoRatioMax = 30.0 / 34 },
            ]),
        new(
            "i",
            "100,000 retained, then `#`",
            new Load { Mode = LoadMode.Retained, Topics = 100_000 },
            [
                new Figure("CPU µs/store", "store.cpu_us_per_msg") { MosquittoRatioMax = 0.60 / 8.03 },
                new Figure("CPU µs/deliver", "deliver.cpu_us_per_msg") { MosquittoRatioMax = 0.40 / 2.62 },
            ])
        {
            HasRelay = false,
        },
        new(
            "j",
            "10,000 wildcard subscribers",
            new Load { Mode = LoadMode.Wild, Publishers = 4, Subscribers = 10_000, Topics = 10_000 },
            [Cpu(1.50 / 10.6)])
        {
            HasRelay = false,
        },
        new(
            "k",
            "offline queue, 100,000 messages of QoS 1",
            new Load { Mode = LoadMode.Queue, Qos = 1, Count = 100_000 },
            [
                new Figure("CPU µs/enqueue", "enqueue.cpu_us_per_msg") { MosquittoRatioMax = 0.60 / 6.65, JudgesMemoryOnly = true },
                new Figure("CPU µs/drain", "drain.cpu_us_per_msg") { MosquittoRatioMax = 0.60 / 4.10, JudgesMemoryOnly = true },
            ])
        {
            HasRelay = false,
        },
    ];

    /// <summary>What is compared of latency; no worse than mosquitto's.</summary>
    public static IReadOnlyList<Figure> Latency { get; } =
    [
        new("p50 µs", "lat_us.p50") { MosquittoRatioMax = 1 },
        new("p99 µs", "lat_us.p99") { MosquittoRatioMax = 1 },
        new("p99.9 µs", "lat_us.p99.9") { MosquittoRatioMax = 1 },
    ];

    /// <summary>Times that <see cref="WarmUp"/> is run: after the first, programs that compile themselves know what to compile, after the next they have.</summary>
    public const int WarmUps = 2;

    /// <summary>A part of what has no warm-up of its own: it ends before figures are taken, and leaves nothing behind.</summary>
    /// <returns>Null: the load warms up by itself.</returns>
    public static Load? WarmUp(Load load) => load.Mode switch
    {
        LoadMode.Connections => load with { Subscribers = Math.Max(load.Subscribers / 40, 1), Seconds = 0.2 },
        LoadMode.Retained => load with { Topics = Math.Max(load.Topics / 2, 1), SettleSeconds = 0.2 },
        LoadMode.Queue => load with { Count = Math.Max(load.Count / 2, 1), SettleSeconds = 0.2 },
        _ => null,
    };

    private static Figure Cpu(double? mosquitto, double? relay = null) =>
        new("CPU µs/message", CpuPerMessage) { MosquittoRatioMax = mosquitto, RelayRatioMax = relay };
}
