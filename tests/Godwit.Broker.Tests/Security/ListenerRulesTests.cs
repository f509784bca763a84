using Godwit.Broker.Security;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Security;

/// <summary>What a listener says about its clients: versions, QoS and the mount point.</summary>
public sealed class ListenerRulesTests
{
    [Theory]
    [InlineData(ProtocolVersion.Mqtt31, 1)]
    [InlineData(ProtocolVersion.Mqtt5, 0x84)]
    public void A_version_that_the_listener_does_not_allow_is_refused(ProtocolVersion version, int code)
    {
        var broker = Broker(new ListenerRules { Versions = [ProtocolVersion.Mqtt311] });

        Assert.Equal(code, broker.ConnectIsRefused("a", version).ReasonCode);
        Assert.False(broker.Connect("a", ProtocolVersion.Mqtt311).IsClosed);
    }

    [Fact, Spec("MQTT-3.2.2-9", "MQTT-3.2.2-10", "MQTT-3.2.2-11", "MQTT-3.2.2-12")]
    public void The_highest_QoS_of_a_listener_holds_for_its_clients()
    {
        var broker = Broker(new ListenerRules { MaximumQoS = QoS.AtLeastOnce });
        Assert.Equal(0x9B, broker.ConnectIsRefused("w", will: new TestWill("t", "m", QoS.ExactlyOnce)).ReasonCode);
        var client = broker.Connect("a");
        var other = Unbound(broker, "other");

        Assert.Equal(1u, client.Connack!.Number(PropertyId.MaximumQoS));
        Assert.Equal([1, 1, 0], client.SubscribeRaw([("a", 2), ("b", 1), ("c", 0)]).Codes);
        client.Publish("t", "m", QoS.ExactlyOnce);

        client.IsClosedWith(DisconnectReasonCode.QoSNotSupported);
        Assert.False(other.Connack!.Has(PropertyId.MaximumQoS));
        Assert.Equal([2], other.SubscribeRaw([("a", 2)]).Codes);
    }

    [Theory, Spec("MQTT-3.1.3-8", "MQTT3-3.1.3-9")]
    [InlineData(ProtocolVersion.Mqtt311, 2)]
    [InlineData(ProtocolVersion.Mqtt5, 0x85)]
    public void A_client_without_an_identifier_is_refused_where_it_must_have_one(ProtocolVersion version, int code)
    {
        var broker = new BrokerHarness(settings: settings => settings.AllowEmptyClientId = false);
        var listener = Broker(new ListenerRules { AllowEmptyClientId = false });
        var other = Broker(new ListenerRules { AllowEmptyClientId = true }, settings => settings.AllowEmptyClientId = false);

        Assert.Equal(code, broker.ConnectIsRefused("", version).ReasonCode);
        Assert.Equal(code, listener.ConnectIsRefused("", version).ReasonCode);
        Assert.False(other.Connect("", version).IsClosed);
        Assert.False(broker.Connect("a", version).IsClosed);
    }

    [Fact, Spec("MQTT-3.2.2-16")]
    public void Identifiers_that_are_given_begin_as_the_listener_says_or_the_broker()
    {
        var broker = Broker(new ListenerRules { AssignedClientIdPrefix = "hall-" }, settings => settings.AssignedClientIdPrefix = "home-");

        Assert.StartsWith("hall-", broker.Connect("").Connack!.Text(PropertyId.AssignedClientIdentifier), StringComparison.Ordinal);
        Assert.StartsWith("home-", Unbound(broker, "").Connack!.Text(PropertyId.AssignedClientIdentifier), StringComparison.Ordinal);
    }

    [Fact]
    public void The_lower_of_the_broker_s_and_the_listener_s_QoS_holds()
    {
        var broker = Broker(new ListenerRules { MaximumQoS = QoS.AtLeastOnce }, settings => settings.MaximumQoS = QoS.AtMostOnce);

        Assert.Equal(0u, broker.Connect("a").Connack!.Number(PropertyId.MaximumQoS));
    }

    [Theory, Spec("Hostile-42")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void A_mount_point_is_put_before_topics_and_filters_and_never_seen(ProtocolVersion version, int shards)
    {
        var rights = new TestRights();
        var broker = Mounted("site7/", shards, rights);
        var inside = broker.Connect("inside", version).Subscribe("a/#", QoS.AtLeastOnce);
        var outside = Unbound(broker, "outside").Subscribe("#", QoS.AtLeastOnce);

        broker.Connect("sender", version).PublishAcknowledged("a/b", "from inside", QoS.AtLeastOnce);
        Unbound(broker, "other sender")
            .PublishAcknowledged("site7/a/c", "from outside", QoS.AtLeastOnce)
            .PublishAcknowledged("a/b", "elsewhere", QoS.AtLeastOnce);

        Assert.Equal(["a/b", "a/c"], Topics(inside));
        Assert.Equal(["site7/a/b", "site7/a/c", "a/b"], Topics(outside));
        Assert.Contains("publish sender site7/a/b AtLeastOnce", rights.Asked);
        Assert.Contains("subscribe inside site7/a/# AtLeastOnce", rights.Asked);
        Assert.Contains("receive inside site7/a/c AtLeastOnce", rights.Asked);
    }

    [Fact]
    public void Clients_with_and_without_a_mount_point_get_one_message_under_their_own_names()
    {
        var broker = Mounted("m/");
        var inside = Enumerable.Range(0, 3).Select(i => broker.Connect($"in{i}", Variant(i)).Subscribe("t", QoS.AtLeastOnce)).ToList();
        var outside = Enumerable.Range(0, 3).Select(i => Unbound(broker, $"out{i}", Variant(i)).Subscribe("m/t", QoS.AtLeastOnce)).ToList();

        var sender = Unbound(broker, "sender");
        for (var round = 0; round < 3; round++)
        {
            sender.PublishAcknowledged("m/t", "m", (QoS)round);

            Assert.All(inside, client => Assert.Equal("t", client.ReceivesPublish().Topic));
            Assert.All(outside, client => Assert.Equal("m/t", client.ReceivesPublish().Topic));
        }
    }

    [Fact]
    public void A_run_from_and_to_mounted_clients_is_renamed_message_by_message()
    {
        var broker = Mounted("m/");
        var inside = broker.Connect("in").Subscribe("t");
        var outside = Unbound(broker, "out").Subscribe("m/t");
        var run = Enumerable.Repeat((byte[])[0x30, 5, 0, 1, (byte)'t', 0, (byte)'x'], 10).SelectMany(bytes => bytes).ToArray();
        var renamed = Enumerable.Repeat((byte[])[0x30, 7, 0, 3, (byte)'m', (byte)'/', (byte)'t', 0, (byte)'x'], 10).SelectMany(bytes => bytes).ToArray();

        broker.Connect("publisher").SendBytes(run);
        Unbound(broker, "other publisher").SendBytes(renamed);

        Assert.Equal(Enumerable.Repeat("t", 20), Topics(inside));
        Assert.Equal(Enumerable.Repeat("m/t", 20), Topics(outside));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Wills_retained_messages_and_shared_subscriptions_are_mounted_too(bool restarts)
    {
        var broker = Mounted("m/", log: new TestLog());
        var leaver = broker.Connect("leaver", will: new TestWill("gone", "will", QoS.AtLeastOnce, Retain: true));
        var member = broker.Connect("member", cleanStart: false, properties: TestProperties.Expiry(1000)).Subscribe("$share/g/+", QoS.AtLeastOnce);
        leaver.DropConnection();
        member.DropConnection();
        var after = restarts ? broker.Restart() : broker;

        var again = after.Connect("member", cleanStart: false, properties: TestProperties.Expiry(1000));

        Assert.Equal(["gone"], Topics(again));
        Assert.Equal(["gone"], Topics(after.Connect("late").Subscribe("#", QoS.AtLeastOnce)));
        Assert.Equal(["m/gone"], Topics(Unbound(after, "outside").Subscribe("#", QoS.AtLeastOnce)));
        Assert.Equal([0x11, 0], again.Unsubscribe("$share/h/+", "$share/g/+").Codes);
    }

    [Fact, Spec("MQTT-3.3.2-8")]
    public void A_topic_alias_stands_for_the_name_that_the_client_knows()
    {
        var broker = Mounted("m/");
        var inside = broker.Connect("in", properties: new TestProperties().Add(PropertyId.TopicAliasMaximum, (ushort)5)).Subscribe("#");
        var publisher = broker.Connect("publisher");

        publisher.Publish("topic", "1", properties: new TestProperties().Add(PropertyId.TopicAlias, (ushort)1));
        publisher.Publish("", "2", properties: new TestProperties().Add(PropertyId.TopicAlias, (ushort)1));

        var received = inside.ReceivesAllPublishes();
        Assert.Equal(["topic", ""], received.ConvertAll(publish => publish.Topic));
        Assert.Equal("1 2", string.Join(' ', received.ConvertAll(publish => publish.PayloadText)));
    }

    [Fact]
    public void A_session_that_comes_back_through_another_listener_sees_nothing_of_the_old_mount_point()
    {
        var broker = Mounted("m/");
        broker.Connect("c", properties: TestProperties.Expiry(1000)).Subscribe("#", QoS.AtLeastOnce).Disconnect();
        Unbound(broker, "publisher").Publish("m/t", "m", QoS.AtLeastOnce);

        broker.Authenticate = (_, _) => new Identity { Listener = new ListenerRules { MountPoint = "other/"u8.ToArray() } };
        var client = broker.Connect("c", cleanStart: false);

        client.ReceivesNothing();
        Assert.Equal((1, 0L), (broker.Dropped(DropReason.OutsideMountPoint), broker.Counters.Queued));
    }

    [Fact]
    public void A_topic_that_is_too_long_with_its_mount_point_is_refused()
    {
        var broker = Mounted(new string('m', 50) + "/", limits: limits => limits.TopicBytesMax = 100);
        var topic = new string('t', 50);
        Assert.Equal(0x90, broker.ConnectIsRefused("w", will: new TestWill(topic, "m")).ReasonCode);
        var client = broker.Connect("a");

        Assert.Equal([0x8F], client.SubscribeRaw([(topic, 0)]).Codes);
        client.Publish(topic, "m");

        client.IsClosedWith(DisconnectReasonCode.TopicNameInvalid);
    }

    private static ProtocolVersion Variant(int i) => i == 0 ? ProtocolVersion.Mqtt311 : ProtocolVersion.Mqtt5;

    private static List<string> Topics(TestClient client) => client.ReceivesAllPublishes().ConvertAll(publish => publish.Topic);

    private static BrokerHarness Mounted(
        string mountPoint, int shards = 1, IAccessPolicy? access = null, TestLog? log = null, Action<BrokerLimits>? limits = null) =>
        Bind(new BrokerHarness(shards, limits, access: access, log: log), new ListenerRules { MountPoint = System.Text.Encoding.UTF8.GetBytes(mountPoint) });

    private static BrokerHarness Broker(ListenerRules rules, Action<BrokerSettings>? settings = null) => Bind(new BrokerHarness(settings: settings), rules);

    private static BrokerHarness Bind(BrokerHarness broker, ListenerRules rules)
    {
        broker.Rules = rules;
        broker.Authenticate = (_, userName) => new Identity { UserName = userName, Listener = rules };
        return broker;
    }

    /// <summary>Connects through a listener without rules.</summary>
    private static TestClient Unbound(BrokerHarness broker, string clientId, ProtocolVersion version = ProtocolVersion.Mqtt5)
    {
        var (rules, authenticate) = (broker.Rules, broker.Authenticate);
        (broker.Rules, broker.Authenticate) = (null, (_, _) => null);
        var client = broker.Connect(clientId, version);
        (broker.Rules, broker.Authenticate) = (rules, authenticate);
        return client;
    }
}
