using Godwit.Broker.Protection;
using Godwit.Broker.Security;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Security;

/// <summary>A PUBLISH to a topic that somebody has to be asked about waits for the answer, and everything behind it waits too.</summary>
public sealed class WaitingPublishTests
{
    private readonly TestQuestions _rights = new();

    [Theory]
    [InlineData(QoS.AtMostOnce, true)]
    [InlineData(QoS.AtMostOnce, false)]
    [InlineData(QoS.AtLeastOnce, true)]
    [InlineData(QoS.AtLeastOnce, false)]
    [InlineData(QoS.ExactlyOnce, true)]
    [InlineData(QoS.ExactlyOnce, false)]
    public void The_answer_decides_over_the_packet_that_has_waited(QoS qos, bool isAllowed)
    {
        var broker = Broker();
        var reader = broker.Connect("reader").Subscribe("#", QoS.ExactlyOnce);
        var writer = broker.Connect("writer");

        writer.Publish("ask/t", "m", qos, retain: true);
        writer.ReceivesNothing();
        reader.ReceivesNothing();
        Assert.Contains($"ask writer Publish ask/t {qos} retain", broker.Events);
        Assert.Equal(0, broker.Counters.PublishReceived.Sum());

        broker.Answer(0, isAllowed ? AccessAnswer.Allowed : AccessAnswer.Denied);

        Assert.Equal(isAllowed ? 1 : 0, reader.ReceivesAllPublishes().Count);
        Assert.Equal(isAllowed ? 1 : 0, broker.Core.RetainedCount);
        Assert.Equal(isAllowed ? 0 : 1, broker.Dropped(DropReason.PublishNotAuthorized));
        Assert.Equal((1, 1), (broker.Counters.PublishReceived[(int)qos], broker.Counters.PacketsReceived[(int)PacketType.Publish]));
        if (qos != QoS.AtMostOnce)
        {
            var answer = writer.Receives(qos == QoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec);
            Assert.Equal(isAllowed ? 0 : (int)PubackReasonCode.NotAuthorized, answer.ReasonCode);
        }
    }

    [Fact, Spec("MQTT-4.6.0-5")]
    public void What_was_sent_behind_it_is_handled_behind_it()
    {
        var broker = Broker();
        var reader = broker.Connect("reader").Subscribe("#", QoS.ExactlyOnce);
        var writer = broker.Connect("writer");

        writer.SendBytes([.. Packets("ask/1", 0, 3), .. Packets("free", 3, 40), .. Packets("ask/2", 40, 42), 0xC0, 0x00, .. Packets("free", 42, 50)]);
        Assert.Empty(reader.ReceivesAllPublishes());
        Assert.Empty(writer.ReceivesAll(PacketType.Pingresp));

        _rights.Decide(AccessAction.Publish, "ask/1", isAllowed: true);
        broker.Answer(0, AccessAnswer.Allowed);
        Assert.Equal(Numbers(0, 40), Payloads(reader));
        Assert.Empty(writer.ReceivesAll(PacketType.Pingresp));

        _rights.Decide(AccessAction.Publish, "ask/2", isAllowed: false);
        broker.Answer(0, AccessAnswer.Denied);
        Assert.Equal(Numbers(42, 50), Payloads(reader));
        Assert.Single(writer.ReceivesAll(PacketType.Pingresp));
        Assert.Equal((2, 50), (broker.Dropped(DropReason.PublishNotAuthorized), broker.Counters.PacketsReceived[(int)PacketType.Publish]));
        Assert.Equal(2, broker.Inquiries.Count);
    }

    [Fact]
    public void An_answer_is_for_one_packet_only()
    {
        var broker = Broker();
        var reader = broker.Connect("reader").Subscribe("#");
        var writer = broker.Connect("writer");

        writer.SendBytes(Packets("ask", 0, 3));             // nothing is remembered, so each of them is asked about
        broker.Answer(0, AccessAnswer.Allowed);
        broker.Answer(0, AccessAnswer.Denied);
        broker.Answer(0, AccessAnswer.Allowed);

        Assert.Equal(["0", "2"], Payloads(reader));
        Assert.Equal(3, broker.Inquiries.Count);
    }

    [Fact]
    public void Bytes_that_come_while_it_waits_are_kept_in_their_order()
    {
        var broker = Broker();
        var reader = broker.Connect("reader").Subscribe("#");
        var writer = broker.Connect("writer");
        var all = Packets("ask", 0, 1).Concat(Packets("free", 1, 20)).ToArray();

        writer.SendBytes(all.AsSpan(0, 15));
        foreach (var single in all[15..])
        {
            writer.SendBytesDespiteClose([single]);         // as a transport that has read more before it was told
        }

        Assert.False(writer.Connection.WantsInput);
        broker.Answer(0, AccessAnswer.Allowed);

        Assert.True(writer.Connection.WantsInput);
        Assert.Equal(Numbers(0, 20), Payloads(reader));
    }

    [Fact, Spec("MQTT-3.1.2-22")]
    public void Who_waits_is_not_silent_and_no_answer_is_a_no()
    {
        var broker = new BrokerHarness(access: _rights, limits: limits => limits.AskTimeoutMs = 20_000);
        var writer = broker.Connect("writer", keepAlive: 2);

        writer.Publish("ask/t", "m", QoS.AtLeastOnce);
        broker.Advance(TimeSpan.FromMilliseconds(19_999));
        writer.ReceivesNothing();
        Assert.False(writer.IsClosed);
        broker.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal((int)PubackReasonCode.NotAuthorized, writer.Receives(PacketType.Puback).ReasonCode);
        Assert.Equal((1, 0), (broker.Dropped(DropReason.NotDecided), broker.Dropped(DropReason.PublishNotAuthorized)));
        broker.Answer(0, AccessAnswer.Allowed);             // too late
        writer.ReceivesNothing();
        Assert.False(writer.IsClosed);
        broker.Advance(TimeSpan.FromSeconds(3));            // from now on its silence counts again
        Assert.True(writer.IsClosed);
    }

    [Fact]
    public void A_late_answer_is_not_taken_for_the_next_question()
    {
        var broker = Broker();
        var reader = broker.Connect("reader").Subscribe("#");
        var writer = broker.Connect("writer");
        writer.Publish("ask/t", "1");
        broker.Advance(TimeSpan.FromSeconds(5));
        writer.Publish("ask/t", "2");

        broker.Answer(1, AccessAnswer.Allowed);
        Assert.Empty(Payloads(reader));
        broker.Answer(0, AccessAnswer.Allowed);
        broker.Answer(0, AccessAnswer.Allowed);             // a second time, which changes nothing

        Assert.Equal(["2"], Payloads(reader));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_connection_that_ends_while_it_waits_takes_its_packet_along(bool isTakenOver)
    {
        var broker = Broker();
        var reader = broker.Connect("reader").Subscribe("#", QoS.ExactlyOnce);
        var first = broker.Persistent("writer");
        first.SendBytes([.. Packets("ask/t", 0, 1), .. Packets("free", 1, 2)]);

        var second = isTakenOver ? broker.Persistent("writer") : null;
        if (!isTakenOver)
        {
            first.DropConnection();
        }

        broker.Answer(0, AccessAnswer.Allowed);
        broker.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(Payloads(reader));
        Assert.DoesNotContain(broker.Events, line => line.StartsWith("fault", StringComparison.Ordinal));
        second?.Publish("free", "new");
        Assert.Equal(isTakenOver ? ["new"] : [], Payloads(reader));
    }

    [Fact, Spec("MQTT-4.3.3-8")]
    public void A_QoS_2_message_that_was_asked_about_is_one_message()
    {
        var broker = Broker();
        var reader = broker.Connect("reader").Subscribe("#", QoS.ExactlyOnce);
        var writer = broker.Connect("writer");
        writer.Publish("ask/t", "m", QoS.ExactlyOnce, packetId: 7);
        broker.Answer(0, AccessAnswer.Allowed);
        Assert.Equal(7, writer.Receives(PacketType.Pubrec).PacketId);

        writer.Publish("ask/t", "m", QoS.ExactlyOnce, dup: true, packetId: 7);      // nobody is asked about a duplicate

        Assert.Equal(0, writer.Receives(PacketType.Pubrec).ReasonCode);
        Assert.Single(broker.Inquiries);
        writer.Pubrel(7);
        writer.Receives(PacketType.Pubcomp);
        Assert.Single(reader.ReceivesAllPublishes());
    }

    [Fact]
    public void An_alias_of_a_packet_that_has_waited_counts()
    {
        var broker = Broker();
        var reader = broker.Connect("reader").Subscribe("#");
        var writer = broker.Connect("writer");

        writer.Publish("ask/t", "1", properties: new TestProperties().Add(PropertyId.TopicAlias, 5));
        broker.Answer(0, AccessAnswer.Denied);
        writer.Publish("", "2", properties: new TestProperties().Add(PropertyId.TopicAlias, 5));
        broker.Answer(0, AccessAnswer.Allowed);

        Assert.Equal("ask/t", Assert.Single(reader.ReceivesAllPublishes()).Topic);
    }

    [Fact]
    public void A_rule_that_has_come_meanwhile_counts_more_than_the_answer()
    {
        var broker = Broker();
        var reader = broker.Connect("reader").Subscribe("#");
        var writer = broker.Connect("writer");
        writer.Publish("ask/t", "m");

        _rights.Decide(AccessAction.Publish, "ask/t", isAllowed: false);
        broker.Answer(0, AccessAnswer.Allowed);

        Assert.Empty(Payloads(reader));
        Assert.Equal(1, broker.Dropped(DropReason.PublishNotAuthorized));
    }

    [Fact]
    public void Rates_and_questions_together_lose_nothing()
    {
        var broker = Broker();
        broker.Core.Rates = new ClientRates { PublishesPerSecond = 10 };
        var reader = broker.Connect("reader").Subscribe("#");
        var writer = broker.Connect("writer");

        writer.SendBytes([.. Packets("free", 0, 15), .. Packets("ask", 15, 20), .. Packets("free", 20, 25)]);
        for (var i = 0; i < 40; i++)
        {
            broker.Advance(TimeSpan.FromMilliseconds(100));
            if (broker.Inquiries.Count > 0)
            {
                broker.Answer(0, AccessAnswer.Allowed);
            }
        }

        Assert.Equal(Numbers(0, 25), Payloads(reader));
    }

    [Fact]
    public void Others_go_on_meanwhile()
    {
        var broker = new BrokerHarness(shards: 2, access: _rights);
        var reader = broker.Connect("reader").Subscribe("#", QoS.AtLeastOnce);
        var writers = Enumerable.Range(0, 2).Select(shard => broker.Connect(broker.IdOn(shard, "w"))).ToList();

        writers.ForEach(writer => writer.Publish("ask", "late"));
        broker.Connect("other").Publish("free", "now");
        Assert.Equal(["now"], Payloads(reader));
        broker.Answer(0, AccessAnswer.Allowed);
        broker.Answer(1, AccessAnswer.Allowed);

        Assert.Equal(["late", "late"], Payloads(reader));
    }

    private static byte[] Packets(string topic, int from, int to) => [.. Enumerable.Range(from, to - from).SelectMany(i => Packet(topic, $"{i}"))];

    private static byte[] Packet(string topic, string payload)
    {
        var publish = new PublishPacket { Topic = System.Text.Encoding.UTF8.GetBytes(topic), Payload = System.Text.Encoding.UTF8.GetBytes(payload) };
        var bytes = new byte[publish.Measure(ProtocolVersion.Mqtt5)];
        publish.Write(bytes, ProtocolVersion.Mqtt5);
        return bytes;
    }

    private static IEnumerable<string> Numbers(int from, int to) => Enumerable.Range(from, to - from).Select(i => $"{i}");

    private static IEnumerable<string> Payloads(TestClient reader) => [.. reader.ReceivesAllPublishes().Select(publish => publish.PayloadText)];

    private BrokerHarness Broker() => new(access: _rights);
}
