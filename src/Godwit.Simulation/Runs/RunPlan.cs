using Godwit.Broker;
using Godwit.Protocol;
using Godwit.Simulation.Clients;
using Godwit.Simulation.Networks;
using Godwit.Simulation.Worlds;

namespace Godwit.Simulation.Runs;

/// <summary>What one seed is about: who takes part, what they may do, what goes wrong and how often.</summary>
internal sealed class RunPlan
{
    private readonly SeededRandom _random;

    public RunPlan(SeededRandom random, TimeSpan? duration)
    {
        _random = random;
        FaultLevel = random.Pick<int>(0, 1, 1, 2, 2);
        ShardCount = random.Pick<int>(1, 2, 3, 4);
        DurationMs = duration is { } given ? (int)given.TotalMilliseconds : random.Between(10, 40) * 1000;
        TurnDelayMaxMs = random.Pick<int>(0, 0, 1, 5);
        StallChance = random.Chance(0.3) ? 0.01 : 0;
        HasQoS0Members = random.Chance(0.3);
        IsMarathon = random.Chance(0.004);
        ChooseLink();
        ChooseLimits();
        ChooseFaults();
        ChooseClients();
        Store = new StorePlan(random.Fork(), FaultLevel, DurationMs, IsMarathon);
        HasRights = !IsMarathon && random.Chance(0.3);
    }

    /// <summary>0: nothing goes wrong. 2: much does.</summary>
    public int FaultLevel { get; }

    public int ShardCount { get; }

    public int DurationMs { get; }

    /// <summary>Between something for a shard and its turn.</summary>
    public int TurnDelayMaxMs { get; }

    /// <summary>How often a turn comes much later.</summary>
    public double StallChance { get; }

    public int StallMaxMs { get; } = 1500;

    public BrokerLimits Limits { get; } = new();

    public BrokerSettings Settings { get; } = new() { SysIntervalSeconds = 0 };

    /// <summary>Queues are so small that messages are dropped.</summary>
    public bool HasSmallQueues { get; private set; }

    /// <summary>Members of shared groups may subscribe with QoS 0, and then nobody need get a message.</summary>
    public bool HasQoS0Members { get; }

    public LinkPlan Link { get; } = new();

    /// <summary>Mean life of a connection; 0: none breaks.</summary>
    public int CutEveryMs { get; private set; }

    /// <summary>Of the connections that break, those where a side does not learn of it.</summary>
    public double HalfOpenChance { get; private set; }

    /// <summary>Mean time between two crashes of some client; 0: none.</summary>
    public int ClientCrashEveryMs { get; private set; }

    /// <summary>A client that crashes has lost its store.</summary>
    public double LoseStoreChance { get; private set; }

    /// <summary>Mean time between stalls of some client's reading; 0: none.</summary>
    public int ReadStallEveryMs { get; private set; }

    /// <summary>Longest time a client stays away.</summary>
    public int AwayMaxMs { get; private set; } = 2000;

    /// <summary>There are topics to which clients gain and lose rights.</summary>
    public bool HasRights { get; }

    /// <summary>One client uses up all packet ids.</summary>
    public bool IsMarathon { get; }

    public List<ClientPlan> Clients { get; } = [];

    /// <summary>The disk, the process and the machine.</summary>
    public StorePlan Store { get; }

    private void ChooseLink()
    {
        if (IsMarathon)
        {
            return;                             // 66,000 messages on a plain link
        }

        Link.LatencyMinMs = _random.Pick<int>(0, 1, 10);
        Link.LatencyMaxMs = Link.LatencyMinMs + _random.Pick<int>(0, 5, 100);
        Link.MillisecondsPerKilobyte = _random.Pick<int>(0, 0, 1, 50);
        Link.ReadPieceBytesMax = _random.Pick<int>(1, 7, 100, 1 << 16);
        Link.DownCapacityBytes = _random.Pick<int>(1 << 20, 1 << 20, 1 << 14, 300);
    }

    private void ChooseLimits()
    {
        if (IsMarathon)
        {
            return;
        }

        Limits.ReceiveMaximum = _random.Pick<int>(65_535, 65_535, 10, 1);
        Limits.InFlightMax = _random.Pick<int>(65_535, 65_535, 20, 3);
        Limits.TopicAliasMaximum = _random.Pick<int>(100, 3, 0);
        Limits.WriteStallMs = _random.Pick<int>(30_000, 2000);
        Limits.TurnOutputBytesMax = _random.Pick<int>(4_194_304, 4_194_304, 500);
        Limits.MailboxBytesMax = _random.Pick<int>(4_194_304, 4_194_304, 200);
        HasSmallQueues = _random.Chance(0.12);
        if (HasSmallQueues)
        {
            Limits.QueueMessagesMax = _random.Between(2, 12);
            Settings.OverflowPolicy = _random.Pick<OverflowPolicy>(OverflowPolicy.RefuseNewest, OverflowPolicy.DropOldest);
        }

        Settings.SharedStrategy = (SharedStrategy)_random.Below(4);
        Settings.QueueQoS0Messages = _random.Chance(0.25);
        Settings.MessageExpirySecondsMax = _random.Chance(0.1) ? _random.Between(2, 30) : 0;
        Settings.SessionExpirySecondsMax = _random.Chance(0.15) ? _random.Between(2, 30) : 0;
        Settings.SessionExpirySeconds3x = _random.Chance(0.15) ? _random.Between(2, 10) : 0;
    }

    private void ChooseFaults()
    {
        if (FaultLevel == 0)
        {
            return;
        }

        CutEveryMs = _random.Pick<int>(0, 8000, 2000) / FaultLevel;
        HalfOpenChance = _random.Pick<double>(0, 0.2, 0.8);
        ClientCrashEveryMs = _random.Pick<int>(0, 6000, 2000) / FaultLevel;
        LoseStoreChance = _random.Pick<double>(0, 0.2, 0.5);
        ReadStallEveryMs = _random.Pick<int>(0, 0, 4000) / FaultLevel;
        AwayMaxMs = _random.Pick<int>(20, 2000, 12_000);
    }

    private void ChooseClients()
    {
        var count = _random.Between(3, 9);
        for (var i = 0; i < count; i++)
        {
            Clients.Add(ChooseClient($"c{i}"));
        }

        if (IsMarathon)
        {
            Clients.Add(new ClientPlan { ClientId = "marathon", Version = ProtocolVersion.Mqtt5, IsPersistent = true, ExpirySeconds = uint.MaxValue, MarathonLength = 66_000, ActEveryMs = 1_000_000 });
        }
    }

    private ClientPlan ChooseClient(string clientId)
    {
        var version = _random.Pick<ProtocolVersion>(ProtocolVersion.Mqtt31, ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5, ProtocolVersion.Mqtt5);
        // CONNACK of 3.1 does not say whether a session that was about to expire is still there.
        var mayPersist = version != ProtocolVersion.Mqtt31 || Settings.SessionExpirySeconds3x == 0;
        var isMqtt5 = version == ProtocolVersion.Mqtt5;
        return new ClientPlan
        {
            ClientId = clientId,
            Version = version,
            IsPersistent = mayPersist && _random.Chance(0.7),
            ExpirySeconds = isMqtt5 ? _random.Pick<uint>(1, 3, 10, 1000, uint.MaxValue, uint.MaxValue) : 0,
            ReceiveMaximum = isMqtt5 ? _random.Pick<ushort>(0, 0, 1, 2, 10) : (ushort)0,
            KeepAliveSeconds = _random.Pick<ushort>(0, 1, 3, 10),
            PacketSizeMax = isMqtt5 && _random.Chance(0.1) ? _random.Between(100, 300) : 0,
            TopicAliasMaximum = isMqtt5 ? _random.Pick<ushort>(0, 1, 10) : (ushort)0,
            WillChance = _random.Pick<double>(0, 0.5, 1),
            WillDelaySecondsMax = isMqtt5 ? _random.Pick<int>(0, 2, 8) : 0,
            SharedFilter = isMqtt5 || version == ProtocolVersion.Mqtt311 ? (_random.Chance(0.5) ? _random.Pick<string>(Choices.SharedFilters) : null) : null,
            ActEveryMs = _random.Pick<int>(50, 200, 200, 1000),
            PublishPercent = _random.Pick<int>(30, 70, 90),
            AnswerDelayMaxMs = _random.Pick<int>(0, 0, 50, 1000),
            RefusePermille = _random.Pick<int>(0, 0, 20),
        };
    }
}
