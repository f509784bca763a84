using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Harness;

/// <summary>
/// The real broker core on one thread, without a transport and in virtual time: every call runs turns until nothing is left to do.
/// </summary>
public sealed class BrokerHarness : IShardWorld
{
    private long _lastConnectionId;
    private int _lastClientId;
    private long _seenDurable;
    private readonly Func<TestLog, long, BrokerHarness> _restart;

    public BrokerHarness(
        int shards = 1,
        Action<BrokerLimits>? limits = null,
        Action<BrokerSettings>? settings = null,
        IAccessPolicy? access = null,
        TestLog? log = null,
        long nowMs = 1_234_567)
    {
        NowMs = nowMs;
        _restart = (next, now) => new BrokerHarness(shards, limits, settings, access, next, now) { Rules = Rules, Authenticate = Authenticate };
        var brokerLimits = new BrokerLimits();
        limits?.Invoke(brokerLimits);
        var brokerSettings = new BrokerSettings { SysIntervalSeconds = 0 };     // tests of $SYS switch it on
        settings?.Invoke(brokerSettings);
#if DURABLE_BY_DEFAULT
        Log = log ?? new TestLog();     // durable at once: it must change nothing
#else
        Log = log;
#endif
        Core = new BrokerCore(brokerLimits, brokerSettings, access ?? new OpenAccess(), this, shards, NowMs, Log);
        if (Log is not null)
        {
            Log.OnRead = Core.Post;
            Core.Recover(NowMs);
            Run();
        }
    }

    public BrokerCore Core { get; }

    /// <summary>What outlives the broker; null: nothing does.</summary>
    public TestLog? Log { get; }

    /// <summary>Virtual time; starts at an odd number so that nothing relies on zero.</summary>
    public long NowMs { get; private set; }

    /// <summary>Shards run only when the test says so, so that their turns interleave as it likes: see <see cref="Turn"/>.</summary>
    public bool IsStepped { get; set; }

    /// <summary>What the broker told its host, one line each, e.g. <c>disconnected a KeepAliveTimeout KeepAliveTimeout</c>.</summary>
    public List<string> Events { get; } = [];

    /// <summary>Handling the CONNECT of this client throws.</summary>
    public string? FaultyClientId { get; set; }

    /// <summary>What the listener says about its clients, for the handshake; null: nothing.</summary>
    public ListenerRules? Rules { get; set; }

    /// <summary>What authentication makes of client identifier and user name. As it stands everybody is who they say.</summary>
    public Func<string, string?, Identity?> Authenticate { get; set; } = (_, userName) => userName is null ? null : new Identity { UserName = userName };

    /// <summary>Who was sent bytes, or closed, one entry a call.</summary>
    public List<TestClient> SendOrder { get; } = [];

    public BrokerCounters Counters => Core.SumCounters();

    public long Dropped(DropReason reason) => Counters.Dropped[(int)reason];

    /// <summary>Opens a connection without sending anything.</summary>
    public TestClient Open() => new(this);

    /// <summary>Connects a client and expects CONNACK 0.</summary>
    public TestClient Connect(
        string clientId,
        ProtocolVersion version = ProtocolVersion.Mqtt5,
        bool cleanStart = true,
        ushort keepAlive = 0,
        TestWill? will = null,
        TestProperties? properties = null,
        string? userName = null,
        string? password = null)
    {
        var client = Open();
        client.Connect(clientId, version, cleanStart, keepAlive, will, properties, userName, password);
        var connack = client.Receives(PacketType.Connack);
        Assert.Equal(0, connack.ReasonCode);
        client.Connack = connack;
        return client;
    }

    /// <summary>Connects a client whose session outlives the connection for ever, and resumes it if there is one.</summary>
    public TestClient Persistent(string clientId, ProtocolVersion version = ProtocolVersion.Mqtt5, ushort receiveMaximum = 0)
    {
        var properties = TestProperties.Expiry(uint.MaxValue);
        if (receiveMaximum > 0)
        {
            properties.Add(Protocol.Properties.PropertyId.ReceiveMaximum, receiveMaximum);
        }

        return Connect(clientId, version, cleanStart: false, properties: version == ProtocolVersion.Mqtt5 ? properties : null);
    }

    /// <summary>Sends a CONNECT that must be refused: the CONNACK is the only answer, then the connection is closed.</summary>
    public ReceivedPacket ConnectIsRefused(
        string clientId,
        ProtocolVersion version = ProtocolVersion.Mqtt5,
        bool cleanStart = true,
        TestWill? will = null,
        TestProperties? properties = null,
        string? userName = null,
        string? password = null,
        ushort keepAlive = 0)
    {
        var client = Open();
        client.Connect(clientId, version, cleanStart, keepAlive, will, properties, userName, password);
        var connack = client.Receives(PacketType.Connack);
        Assert.NotEqual(0, connack.ReasonCode);
        Assert.False(connack.SessionPresent);
        client.ReceivesNothing();
        Assert.True(client.IsClosed, "The connection is still open.");
        return connack;
    }

    /// <summary>Lets virtual time pass; every timer fires at its own millisecond.</summary>
    public void Advance(TimeSpan time)
    {
        var target = NowMs + (long)time.TotalMilliseconds;
        while (true)
        {
            var next = Core.Shards.Min(shard => shard.NextDeadlineMs);
            if (next > target)
            {
                break;
            }

            NowMs = Math.Max(NowMs, next);
            Run();
        }

        NowMs = target;
        Run();
    }

    /// <summary>Time passes while no shard gets to run: the next turn finds input and overdue timers together.</summary>
    public void BusyFor(TimeSpan time) => NowMs += (long)time.TotalMilliseconds;

    /// <summary>Runs turns of all shards until there is nothing left to do.</summary>
    public void Run()
    {
        if (IsStepped)
        {
            return;
        }

        for (var turn = 0; turn < 100_000; turn++)
        {
            foreach (var shard in Core.Shards)
            {
                shard.BeginTurn(NowMs);
                shard.EndTurn();
            }

            var isQuiet = Core.Shards.All(shard => !shard.HasWork && !HasMail(shard));
            var durable = Log?.DurableAppend ?? 0;
            if (isQuiet && durable == _seenDurable)
            {
                return;
            }

            _seenDurable = durable;             // the log has got further: it wakes the shards
        }

        Assert.Fail("The broker does not come to rest.");
    }

    /// <summary>Runs turns of the shards that were woken, until there is nothing left to do.</summary>
    public void RunWoken()
    {
        for (var turn = 0; turn < 100_000 && !IsStepped; turn++)
        {
            var awake = Core.Shards.Where(shard => HasMail(shard) || shard.HasWork).ToList();
            if (awake.Count == 0)
            {
                return;
            }

            awake.ForEach(shard => Turn(shard.Index));
        }
    }

    /// <summary>Runs one turn of one shard.</summary>
    public void Turn(int index)
    {
        Core.Shards[index].BeginTurn(NowMs);
        Core.Shards[index].EndTurn();
    }

    /// <summary>From now on nothing becomes durable before <see cref="Flush"/>.</summary>
    public BrokerHarness HoldBack()
    {
        Log!.IsEager = false;
        return this;
    }

    /// <summary>All that is written becomes durable, and the shards that wait for it run; others sleep on.</summary>
    public void Flush()
    {
        var woken = Log!.Flush();
        foreach (var shard in Core.Shards.Where(shard => (woken & (1UL << shard.Index)) != 0))
        {
            Wake(shard.Index);
        }

        RunWoken();
    }

    /// <summary>The process ends without a word; another one starts on what is in the log, later, and holds nothing back.</summary>
    /// <param name="keepWritten">What was written and not durable is there too: the machine went on.</param>
    /// <param name="after">How long nothing ran.</param>
    /// <param name="isEager">What the recovery itself writes is durable at once.</param>
    public BrokerHarness Restart(bool keepWritten = false, TimeSpan after = default, bool isEager = true)
    {
        var log = Log!.Crash(keepWritten);
        log.IsEager = isEager;
        return _restart(log, NowMs + (long)after.TotalMilliseconds);
    }

    /// <summary>A client identifier that belongs to a shard.</summary>
    public string IdOn(int shard, string prefix)
    {
        for (var i = 0; ; i++)
        {
            if (Core.ShardOf($"{prefix}{i}") == shard)
            {
                return $"{prefix}{i}";
            }
        }
    }

    /// <summary>Does something on a shard inside a turn, then lets everything settle.</summary>
    public void OnShard(int index, Action<Shard> call)
    {
        var shard = Core.Shards[index];
        shard.BeginTurn(NowMs);
        call(shard);
        shard.EndTurn();
        Run();
    }

    /// <summary>What the host says its heap holds.</summary>
    public long HeapBytes { get; set; } = 1_000_000;

    public void Wake(int shardIndex) => _mail.Add(shardIndex);

    public string NewClientId(string prefix) => $"{prefix}{++_lastClientId}";

    public void Connected(Connection connection, bool sessionPresent)
    {
        Events.Add($"connected {connection.ClientId} {sessionPresent}");
        if (connection.ClientId == FaultyClientId)
        {
            throw new InvalidOperationException("as the test wants it");
        }
    }

    public void ConnectRefused(Connection connection, ConnackReasonCode reasonCode) => Events.Add($"refused {connection.ClientId} {reasonCode}");

    public void Disconnected(Connection connection, CloseReason reason, DisconnectReasonCode reasonCode) =>
        Events.Add($"disconnected {connection.ClientId} {reason} {reasonCode}");

    public void PacketRefused(Connection connection, PacketType type, PacketError error) =>
        Events.Add($"packet {connection.ClientId} {type} {error}");

    public void Fault(Connection connection, Exception fault)
    {
        Assert.True(connection.ClientId == FaultyClientId, $"{connection.ClientId}: {fault}");
        Events.Add($"fault {connection.ClientId}");
    }

    public void PublishDenied(Connection connection, ReadOnlySpan<byte> topic, QoS qos, bool retain) =>
        Events.Add($"denied {connection.ClientId} {connection.UserName ?? "-"} {System.Text.Encoding.UTF8.GetString(topic)} {qos}{(retain ? " retain" : "")}");

    public void WillDenied(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) =>
        Events.Add($"denied {who.ClientId} {who.UserName ?? "-"} {System.Text.Encoding.UTF8.GetString(topic)} {qos}{(retain ? " retain" : "")} will");

    /// <summary>What the host does with a re-authentication: client, data as text, and whether it begins.</summary>
    public Action<Connection, int, string, bool>? OnReauthenticate { get; set; }

    public void Reauthenticate(Connection connection, int shardIndex, ReadOnlySpan<byte> data, bool isFirst)
    {
        var text = System.Text.Encoding.UTF8.GetString(data);
        Events.Add($"reauthenticate {connection.ClientId} {text} {isFirst}");
        OnReauthenticate?.Invoke(connection, shardIndex, text, isFirst);
    }

    /// <summary>Questions of packets that wait, with the shard that asks.</summary>
    public List<(Connection Connection, int ShardIndex, AccessInquiry Inquiry)> Inquiries { get; } = [];

    public void Ask(Connection connection, int shardIndex, AccessInquiry inquiry)
    {
        foreach (var question in inquiry.Questions)
        {
            Events.Add($"ask {connection.ClientId} {question.Action} {System.Text.Encoding.UTF8.GetString(question.Topic)} {question.QoS}{(question.Retain ? " retain" : "")}");
        }

        Inquiries.Add((connection, shardIndex, inquiry));
    }

    /// <summary>The host answers the last inquiry, or an earlier one.</summary>
    public void Answer(int fromLast, params AccessAnswer[] answers)
    {
        var (connection, shardIndex, inquiry) = Inquiries[^(1 + fromLast)];
        Core.Post(shardIndex, new HostCall(shard => shard.Answered(connection, inquiry, answers)));
        Run();
    }

    public void Subscribed(Connection connection, ReadOnlySpan<byte> topicFilter, SubackReasonCode reasonCode) =>
        Events.Add($"subscribed {connection.ClientId} {System.Text.Encoding.UTF8.GetString(topicFilter)} {reasonCode}");

    internal long NextConnectionId() => ++_lastConnectionId;

    private readonly HashSet<int> _mail = [];

    private bool HasMail(Shard shard)
    {
        // Wake came after the shard's own turn: it has mail that the next round takes.
        return _mail.Remove(shard.Index);
    }
}
