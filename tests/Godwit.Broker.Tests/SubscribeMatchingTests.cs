using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>Topic Filters against Topic Names, live and for retained messages (5.0 §4.7).</summary>
public sealed class SubscribeMatchingTests
{
    /// <summary>Filter, topics it matches, topics it does not match; names are separated by spaces.</summary>
    public static TheoryData<string, string, string> Table => new()
    {
        { "a/b", "a/b", "a a/ a/b/ a/b/c /a/b A/b a/B b a/bb" },
        { "chat/room/1", "chat/room/1", "chat/room/2 chat/room chat/room/1/x" },
        { "sensor/10/temperature", "sensor/10/temperature", "sensor/1/temperature sensor/+x/temperature" },
        { "sensor/+/temperature", "sensor/10/temperature sensor//temperature sensor/ä/temperature", "sensor/temperature sensor/1/2/temperature sensor/1/humidity" },
        { "a/+", "a/b a/c a/", "a a/b/c /a/b b/a" },
        { "+", "a abc finance", "/ /a a/b $SYS $other" },
        { "+/+", "/finance a/b / a/", "a a/b/c $other/x" },
        { "/+", "/finance /", "finance a/b //" },
        { "a/#", "a a/ a/b a/b/c a//b", "b ab A a$ /a" },
        { "a/+/#", "a/ a/b a/b/c", "a b/a" },
        { "#", "a / a/b/c a/$x", "$SYS/x $other $" },
        { "/#", "/ /a /a/b", "a a/b" },
        { "+/x", "a/x /x", "$other/x x a/y" },
        { "+/#", "a a/b /b /", "$other/x $other" },
        { "$other/#", "$other $other/x $other/x/y", "$othe other/x $SYS/x" },
        { "$other/+", "$other/x", "$other other/x" },
        { "a/+/b", "a/x/b a//b", "a/b a/x/y/b" },
        { "sport/tennis/player1/#", "sport/tennis/player1 sport/tennis/player1/ranking sport/tennis/player1/score/wimbledon", "sport/tennis/player2" },
        { "A", "A", "a" },
    };

    [Theory, Spec("MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.7.2-1", "MQTT-4.7.3-4", "MQTT-3.3.2-3", "R23", "R24", "R25")]
    [Spec("MQTT3-4.7.1-2", "MQTT3-4.7.1-3", "MQTT3-4.7.2-1", "MQTT3-4.7.3-4", "MQTT3-3.3.2-3")]
    [MemberData(nameof(Table))]
    public void A_filter_gets_exactly_the_messages_it_matches(string filter, string matching, string other)
    {
        foreach (var shards in new[] { 1, 3 })
        {
            var broker = new BrokerHarness(shards);
            var subscribers = Enum.GetValues<ProtocolVersion>().Select(version => broker.Connect($"subscriber {version}", version).Subscribe(filter)).ToList();
            var publisher = broker.Connect("publisher");

            foreach (var topic in $"{other} {matching} {other}".Split(' ').Where(topic => !topic.Contains('+')))
            {
                publisher.Publish(topic, "x");
            }

            Assert.All(subscribers, subscriber => Assert.Equal(matching.Split(' '), subscriber.ReceivesAllPublishes().Select(publish => publish.Topic)));
        }
    }

    [Theory, Spec("MQTT-4.7.2-1", "MQTT-4.7.1-1", "MQTT3-4.7.2-1", "MQTT3-3.3.1-6", "R43")]
    [MemberData(nameof(Table))]
    public void A_filter_gets_exactly_the_retained_messages_it_matches(string filter, string matching, string other)
    {
        var broker = new BrokerHarness(shards: 3);
        var publisher = broker.Connect("publisher");
        foreach (var topic in $"{other} {matching}".Split(' ').Where(topic => !topic.Contains('+')))
        {
            publisher.Publish(topic, "x", retain: true);
        }

        foreach (var version in Enum.GetValues<ProtocolVersion>())
        {
            var subscriber = broker.Connect($"subscriber {version}", version).Subscribe(filter);
            Assert.Equal(matching.Split(' ').Order(), subscriber.ReceivesAllPublishes().Select(publish => publish.Topic).Order());
        }
    }

    public static TheoryData<string> InvalidFilters =>
    [
        "a+", "+a", "a/b+", "a/+b/c", "a#", "#/a", "a/#/c", "a/b#", "##", "++", "#a",
        "$share", "$share/", "$share/g", "$share/g/", "$share//a", "$share/g+/a", "$share/#/a", "$share/+/a", "$share/g/a#",
    ];

    [Theory, Spec("MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.7.3-1", "MQTT-4.8.2-1", "MQTT-4.8.2-2", "MQTT-3.8.4-6", "R24", "R25")]
    [MemberData(nameof(InvalidFilters))]
    public void An_invalid_filter_gets_0x8F_in_5_0_and_the_others_are_granted(string filter)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client");

        var suback = client.SubscribeRaw([("good/1", 1), (filter, 1), ("good/2", 2)]);

        Assert.Equal([1, 0x8F, 2], suback.Codes);
        broker.Connect("publisher").Publish("good/2", "x");
        Assert.Equal("good/2", client.ReceivesPublish().Topic);
    }

    [Theory, Spec("MQTT-4.7.3-1", "MQTT3-4.7.3-1")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void An_empty_filter_closes_the_connection(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client", version);

        client.SendSubscribe([("good", 1), ("", 1)]);

        client.IsClosedWith(DisconnectReasonCode.TopicFilterInvalid);
    }

    [Theory, Spec("MQTT3-4.7.1-2", "MQTT3-4.7.1-3", "MQTT3-4.8.0-1", "R24", "R25")]
    [MemberData(nameof(InvalidFilters))]
    public void An_invalid_filter_closes_a_3_x_connection_and_nothing_is_subscribed(string filter)
    {
        foreach (var version in new[] { ProtocolVersion.Mqtt31, ProtocolVersion.Mqtt311 })
        {
            var broker = new BrokerHarness();
            var client = broker.Persistent("client", version);

            client.SendSubscribe([("good", 1), (filter, 1)]);

            client.ReceivesNothing();
            Assert.True(client.IsClosed);
            var publisher = broker.Connect("publisher");
            publisher.Publish("good", "x", QoS.AtLeastOnce);
            Assert.Equal(0x10, publisher.Receives(PacketType.Puback).ReasonCode);
        }
    }
}
