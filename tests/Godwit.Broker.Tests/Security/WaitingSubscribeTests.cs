using System.Text;
using Godwit.Broker.Security;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Security;

/// <summary>A SUBSCRIBE with filters that somebody has to be asked about, deliveries that nobody has decided, and wills.</summary>
public sealed class WaitingSubscribeTests
{
    private readonly TestQuestions _rights = new();

    [Theory, Spec("MQTT-3.8.4-5", "MQTT-3.8.4-6")]
    [InlineData(ProtocolVersion.Mqtt5, 0x87)]
    [InlineData(ProtocolVersion.Mqtt311, 0x80)]
    public void All_filters_of_a_packet_are_asked_about_at_once_and_answered_in_their_order(ProtocolVersion version, int refused)
    {
        var broker = Broker();
        var client = broker.Connect("c", version);
        _rights.Decide(AccessAction.Subscribe, "known", isAllowed: false);

        client.SendSubscribe([("ask/1", 0), ("free", 1), ("ask/2", 2), ("known", 0), ("$share/g/ask/3", 1)]);
        client.ReceivesNothing();
        Assert.Equal(0, broker.Core.SubscriptionCount);
        Assert.Equal(["ask/1", "ask/2", "ask/3"], Assert.Single(broker.Inquiries).Inquiry.Questions.Select(question => Encoding.UTF8.GetString(question.Topic)));
        broker.Answer(0, AccessAnswer.Denied, AccessAnswer.Allowed, AccessAnswer.Allowed);

        Assert.Equal([(byte)refused, 1, 2, (byte)refused, 1], client.Receives(PacketType.Suback).Codes);
        Assert.Equal(3, broker.Core.SubscriptionCount);
    }

    [Fact]
    public void Without_an_answer_each_filter_that_is_not_decided_is_refused()
    {
        var broker = Broker();
        var client = broker.Connect("c", keepAlive: 1);

        client.SendSubscribe([("ask/1", 0), ("free", 1), ("ask/2", 2)]);
        broker.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([0x87, 1, 0x87], client.Receives(PacketType.Suback).Codes);
    }

    [Fact]
    public void Fewer_answers_than_questions_leave_the_rest_undecided()
    {
        var broker = Broker();
        var client = broker.Connect("c");

        client.SendSubscribe([("ask/1", 0), ("ask/2", 0)]);
        broker.Answer(0, AccessAnswer.Allowed);

        Assert.Equal([0, 0x87], client.Receives(PacketType.Suback).Codes);
    }

    [Fact, Spec("MQTT-4.6.0-5")]
    public void What_was_sent_behind_a_SUBSCRIBE_that_waits_comes_after_it()
    {
        var broker = Broker();
        var client = broker.Connect("c");

        client.SendSubscribe([("ask/t", 0)]);
        client.SendBytesDespiteClose([0x30, 8, 0, 5, .. "ask/t"u8, 0, 0xC0, 0]);     // a PUBLISH that has to be asked about too, and PINGREQ
        broker.Answer(0, AccessAnswer.Allowed);
        Assert.Equal(2, broker.Inquiries.Count);
        broker.Answer(0, AccessAnswer.Allowed);

        Assert.Equal([PacketType.Suback, PacketType.Publish, PacketType.Pingresp], client.ReceivesTypes(3));
    }

    [Fact, Spec("MQTT3-3.9.3-1")]
    public void A_refusal_ends_a_3_1_client_as_any_other_does()
    {
        var broker = Broker();
        var client = broker.Connect("c", ProtocolVersion.Mqtt31);

        client.SendSubscribe([("ask/t", 0)]);
        Assert.False(client.IsClosed);
        broker.Answer(0, AccessAnswer.Denied);

        Assert.True(client.IsClosed);
    }

    [Fact]
    public void The_topic_that_is_asked_about_has_the_mount_point_in_front()
    {
        var broker = Broker();
        broker.Authenticate = (_, _) => new Identity { Listener = new ListenerRules { MountPoint = "ask/"u8.ToArray() } };
        var client = broker.Connect("c");

        client.SendSubscribe([("$share/g/+/x", 0)]);
        broker.Answer(0, AccessAnswer.Allowed);
        client.Receives(PacketType.Suback);
        client.Publish("t", "m");
        broker.Answer(0, AccessAnswer.Denied);
        client.Unsubscribe("$share/g/+/x");

        Assert.Equal(["ask c Subscribe ask/+/x AtMostOnce", "ask c Publish ask/t AtMostOnce"], broker.Events.Where(line => line.StartsWith("ask", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_delivery_never_waits_and_what_is_not_decided_is_not_delivered()
    {
        var rights = new Undecided();
        var broker = new BrokerHarness(access: rights);
        var reader = broker.Persistent("reader").Subscribe("t", QoS.AtLeastOnce);
        var writer = broker.Connect("writer");

        writer.Publish("t", "0");
        writer.Publish("t", "1", QoS.AtLeastOnce);
        Assert.Empty(reader.ReceivesAllPublishes());
        Assert.Equal((2, 0), (broker.Dropped(DropReason.NotDecided), broker.Dropped(DropReason.ReceiveNotAuthorized)));

        rights.IsDecided = true;
        writer.Publish("t", "2", QoS.AtLeastOnce);
        Assert.Equal("2", reader.ReceivesPublish().PayloadText);
        Assert.Empty(broker.Inquiries);
    }

    [Fact]
    public void The_subscriptions_of_a_session_that_is_to_go_on_can_be_asked_about_before()
    {
        var broker = Broker();
        var client = broker.Persistent("c").Subscribe("free");
        client.SendSubscribe([("ask/1", 2), ("$share/g/ask/2", 1)]);
        broker.Answer(0, AccessAnswer.Allowed, AccessAnswer.Allowed);
        client.Receives(PacketType.Suback);
        _rights.Decide(AccessAction.Subscribe, "ask/2", isAllowed: true);
        IReadOnlyList<AccessQuestion> same = [], others = [], nobodys = [];

        broker.OnShard(0, shard =>
        {
            same = shard.UndecidedSubscriptions("c", identity: null);
            others = shard.UndecidedSubscriptions("c", new Identity { UserName = "other" });
            nobodys = shard.UndecidedSubscriptions("nobody", identity: null);
        });

        Assert.Equal(("ask/1", QoS.ExactlyOnce), (Encoding.UTF8.GetString(Assert.Single(same).Topic), same[0].QoS));
        Assert.Empty(others);
        Assert.Empty(nobodys);
    }

    [Theory]
    [InlineData(AccessAnswer.Allowed, ConnackReasonCode.Success)]
    [InlineData(AccessAnswer.Denied, ConnackReasonCode.NotAuthorized)]
    [InlineData(AccessAnswer.Undecided, ConnackReasonCode.NotAuthorized)]
    public void A_will_is_decided_before_the_client_comes_in(AccessAnswer answer, ConnackReasonCode expected)
    {
        var broker = Broker();
        var connect = new ConnectPacket { Version = ProtocolVersion.Mqtt5, ClientId = "c"u8, HasWill = true, WillTopic = "ask/gone"u8, WillQoS = QoS.AtLeastOnce, WillRetain = true };
        var bytes = new byte[connect.Measure()];
        connect.Write(bytes);

        var question = broker.Core.Handshake.WillQuestion(bytes, "c", identity: null, out var isCleanStart);
        var code = broker.Core.Handshake.Authorize(bytes, "c", identity: null, out _, answer);

        Assert.Equal(("ask/gone", QoS.AtLeastOnce, true), (Encoding.UTF8.GetString(question!.Topic), question.QoS, question.Retain));
        Assert.False(isCleanStart);
        Assert.Equal(expected, code);
        _rights.Decide(AccessAction.Publish, "ask/gone", isAllowed: false);
        Assert.Null(broker.Core.Handshake.WillQuestion(bytes, "c", identity: null, out _));
        Assert.Equal(ConnackReasonCode.NotAuthorized, broker.Core.Handshake.Authorize(bytes, "c", identity: null, out _, answer));
    }

    [Theory, Spec("MQTT-3.1.2-8")]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public void A_will_that_was_decided_at_CONNECT_is_published_unless_it_is_a_no_by_then(bool isNo, int published)
    {
        var broker = Broker();
        var reader = broker.Connect("reader").Subscribe("#");
        _rights.Decide(AccessAction.Publish, "ask/gone", isAllowed: true);
        var client = broker.Connect("c", will: new TestWill("ask/gone", "m"));
        _rights.Forget(AccessAction.Publish, "ask/gone");
        if (isNo)
        {
            _rights.Decide(AccessAction.Publish, "ask/gone", isAllowed: false);
        }

        client.DropConnection();

        Assert.Equal(published, reader.ReceivesAllPublishes().Count);
        Assert.Equal(1 - published, broker.Dropped(DropReason.PublishNotAuthorized));
        Assert.Empty(broker.Inquiries);
    }

    /// <summary>For the test of all reasons.</summary>
    internal static BrokerHarness DropsUndecided()
    {
        var broker = new BrokerHarness(access: new Undecided());
        broker.Connect("a").Subscribe("t");
        broker.Connect("publisher").Publish("t", "m");
        return broker;
    }

    private BrokerHarness Broker() => new(access: _rights);

    /// <summary>Nobody has been asked who may receive.</summary>
    private sealed class Undecided : IAccessPolicy
    {
        public bool IsDecided { get; set; }

        public bool ChecksDelivery => true;

        public bool HasToAsk => true;

        public ConnackReasonCode Connect(in ConnectPacket connect) => ConnackReasonCode.Success;

        public bool MayPublish(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => true;

        public bool MaySubscribe(in Subject who, ReadOnlySpan<byte> filter, QoS qos) => true;

        public bool MayReceive(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => IsDecided;

        public bool MayStillPublish(in Subject publisher, ReadOnlySpan<byte> topic) => true;

        public bool IsUndecided(in Subject who, AccessAction action, ReadOnlySpan<byte> topic, QoS qos, bool retain) => action == AccessAction.Receive && !IsDecided;
    }
}
