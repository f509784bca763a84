using System.Net;
using Godwit.Protocol;

namespace Godwit.Bench.Plans;

/// <summary>All that decides a run. <see cref="PlanCheck"/> says what is wrong with it.</summary>
public sealed record BenchPlan
{
    /// <summary>What the run does.</summary>
    public required BenchShape Shape { get; init; }

    /// <summary>Name or address of the broker.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>1 to 65,535.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>Of every connection.</summary>
    public ProtocolVersion Version { get; init; } = ProtocolVersion.Mqtt5;

    /// <summary>May contain <c>%i</c> and <c>%c</c>; null: none.</summary>
    public string? UserName { get; init; }

    /// <summary>May contain <c>%i</c> and <c>%c</c>; null: none.</summary>
    public string? Password { get; init; }

    /// <summary>How every client id begins.</summary>
    public string IdPrefix { get; init; } = "godwit-bench";

    /// <summary>0 to 65,535; 0 switches it off.</summary>
    public int KeepAliveSeconds { get; init; } = 60;

    /// <summary>Publishing connections.</summary>
    public int Publishers { get; init; } = 1;

    /// <summary>Subscribing connections; in Conn all connections.</summary>
    public int Subscribers { get; init; } = 1;

    /// <summary>
    /// Stream n of max(publishers, topics) goes from publisher n mod publishers to topic n mod topics; subscription n of
    /// max(subscribers, topics) is that of subscriber n mod subscribers to topic n mod topics.
    /// </summary>
    public int Topics { get; init; } = 1;

    /// <summary>Topic name with <c>%i</c> number of the topic, <c>%c</c> client id, <c>%u</c> user name, <c>%s</c> number of the message. Conn: null subscribes to nothing.</summary>
    public string? Topic { get; init; } = "bench/%i";

    /// <summary>What every subscriber subscribes to instead of its topics; null: its topics.</summary>
    public string? Filter { get; init; }

    /// <summary>Name of the group through which all subscribe; null: not shared.</summary>
    public string? Share { get; init; }

    /// <summary>Of PUBLISH.</summary>
    public QoS QoS { get; init; }

    /// <summary>Of SUBSCRIBE; null: as <see cref="QoS"/>.</summary>
    public QoS? SubscriptionQoS { get; init; }

    /// <summary>Bytes of each payload, at least 16.</summary>
    public int PayloadSize { get; init; } = 16;

    /// <summary>Text behind the 16 bytes of the header, with the variables of <see cref="Topic"/>; padded to <see cref="PayloadSize"/>. Null: only padding.</summary>
    public string? PayloadTemplate { get; init; }

    /// <summary>RETAIN of every message.</summary>
    public bool Retain { get; init; }

    /// <summary>QoS 1 and 2 messages of one publisher that are not acknowledged, at most; 1 to 65,535.</summary>
    public int Window { get; init; } = 100;

    /// <summary>Messages of one publisher that have not reached all their subscribers, at most; 0: no limit. Null: 1,000 at QoS 0 without a rate, else 0.</summary>
    public int? Credit { get; init; }

    /// <summary>Messages a second of each publisher; 0: as fast as it goes.</summary>
    public double RatePerPublisher { get; init; }

    /// <summary>Messages a second of all publishers on a fixed schedule; latency counts from the time in the schedule. 0: no schedule.</summary>
    public double OpenLoopRate { get; init; }

    /// <summary>Ends publishing after so many messages of all publishers; 0: after <see cref="Duration"/>.</summary>
    public long MessageCount { get; init; }

    /// <summary>How long is measured; zero: until the run is interrupted.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long is published before anything is measured; without meaning when <see cref="MessageCount"/> is set.</summary>
    public TimeSpan Warmup { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing may move at the end before what is missing is lost.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Pause between the phases of Retained and Queue.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>New connections a second; 0: as fast as it goes.</summary>
    public double ConnectRate { get; init; }

    /// <summary>Connections that are being opened at once in each thread.</summary>
    public int ConnectWindow { get; init; } = 256;

    /// <summary>Local addresses to connect from, in turn; empty: the system's choice, and several of 127.x when the broker is there and connections are many.</summary>
    public IReadOnlyList<IPAddress> SourceAddresses { get; init; } = [];

    /// <summary>Event loops.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Process whose CPU time and memory are read; 0: none.</summary>
    public int BrokerPid { get; init; }

    /// <summary>Copied into the report.</summary>
    public string Label { get; init; } = "";

    /// <summary>Levels below the root in Wild.</summary>
    public int TreeDepth { get; init; } = 5;

    /// <summary>Names on each level in Wild.</summary>
    public int TreeBreadth { get; init; } = 10;

    /// <summary>Decides the names and choices of Wild.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Leave the sessions of Queue and the messages of Retained in the broker.</summary>
    public bool Keep { get; init; }

    /// <summary>Use the loop for systems other than Linux here, too.</summary>
    public bool UsePortableLoop { get; init; }

    /// <summary><see cref="Credit"/> as it applies.</summary>
    public int EffectiveCredit => Publishers == 0 || Subscribers == 0 ? 0
        : Credit ?? (QoS == QoS.AtMostOnce && RatePerPublisher <= 0 && OpenLoopRate <= 0 ? 1000 : 0);

    /// <summary><see cref="SubscriptionQoS"/> as it applies.</summary>
    public QoS EffectiveSubscriptionQoS => SubscriptionQoS ?? QoS;

    /// <summary>All connections.</summary>
    public int Connections => Publishers + Subscribers;
}
