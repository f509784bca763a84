using System.Text;
using Godwit.Protocol.Delivery;

namespace Godwit.Protocol.Tests.Delivery;

/// <summary>Topic Aliases of both directions (5.0 §3.3.2.3.4).</summary>
public sealed class TopicAliasTests
{
    [Fact, Spec("R52", "MQTT-3.3.2-12")]
    public void Every_alias_up_to_the_maximum_can_be_set_and_used()
    {
        var aliases = new InboundTopicAliases(maximum: 20);
        for (uint alias = 1; alias <= 20; alias++)
        {
            Assert.Equal((PacketError.None, $"topic/{alias}"), Resolve(aliases, alias, $"topic/{alias}"));
        }

        for (uint alias = 1; alias <= 20; alias++)
        {
            Assert.Equal((PacketError.None, $"topic/{alias}"), Resolve(aliases, alias, ""));
        }
    }

    [Theory, Spec("R52", "MQTT-3.3.2-8", "MQTT-3.3.2-9")]
    [InlineData(0, 3)]
    [InlineData(4, 3)]
    [InlineData(65_535, 3)]
    [InlineData(1, 0)]
    public void An_alias_that_is_0_or_above_the_maximum_is_invalid(uint alias, int maximum)
    {
        var aliases = new InboundTopicAliases(maximum);

        Assert.Equal(PacketError.TopicAliasInvalid, Resolve(aliases, alias, "a/b").Error);
        Assert.Equal(PacketError.TopicAliasInvalid, Resolve(aliases, alias, "").Error);
    }

    [Fact, Spec("R52")]
    public void An_alias_that_was_never_set_stands_for_nothing()
    {
        var aliases = new InboundTopicAliases(maximum: 2);
        Resolve(aliases, 1, "a/b");

        Assert.Equal(PacketError.TopicAliasUnknown, Resolve(aliases, 2, "").Error);
    }

    [Fact, Spec("R52")]
    public void An_alias_set_again_stands_for_the_newer_topic()
    {
        var aliases = new InboundTopicAliases(maximum: 2);
        Resolve(aliases, 1, "a/b");
        Resolve(aliases, 1, "c/d");

        Assert.Equal("c/d", Resolve(aliases, 1, "").Topic);
    }

    [Fact, Spec("R52", "MQTT-3.3.2-11")]
    public void The_first_topics_get_aliases_until_the_maximum_is_reached()
    {
        var aliases = new OutboundTopicAliases(maximum: 2);

        Assert.Equal((1, true), Send(aliases, "first"));
        Assert.Equal((2, true), Send(aliases, "second"));
        Assert.Equal((0, false), Send(aliases, "third"));
        Assert.Equal((1, false), Send(aliases, "first"));
        Assert.Equal((2, false), Send(aliases, "second"));
    }

    [Fact, Spec("R52", "MQTT-3.3.2-11")]
    public void A_maximum_of_0_means_no_alias() => Assert.Equal((0, false), Send(new OutboundTopicAliases(maximum: 0), "topic"));

    [Fact, Spec("R52")]
    public void A_proposed_alias_counts_only_once_the_packet_goes_out()
    {
        var aliases = new OutboundTopicAliases(maximum: 1);
        Assert.Equal(1, aliases.Find("too/large"u8, out var isNew));
        Assert.True(isNew);

        Assert.Equal((1, true), Send(aliases, "other"));

        Assert.Equal(0, aliases.Find("too/large"u8, out _));
    }

    [Fact, Spec("R52")]
    public void A_topic_not_longer_than_the_property_gets_no_alias()
    {
        var aliases = new OutboundTopicAliases(maximum: 5);

        Assert.Equal((0, false), Send(aliases, "a/b"));
        Assert.Equal((1, true), Send(aliases, "a/bc"));
    }

    [Fact, Spec("R52", "MQTT-3.3.2-7")]
    public void What_one_side_assigns_the_other_side_resolves()
    {
        var random = new Random(11);
        var sender = new OutboundTopicAliases(maximum: 7);
        var receiver = new InboundTopicAliases(maximum: 7);
        for (var i = 0; i < 2_000; i++)
        {
            var topic = $"topic/{random.Next(12)}";
            var (alias, isNew) = Send(sender, topic);
            if (alias != 0)
            {
                Assert.Equal((PacketError.None, topic), Resolve(receiver, (uint)alias, isNew ? topic : ""));
            }
        }
    }

    private static (PacketError Error, string Topic) Resolve(InboundTopicAliases aliases, uint alias, string topic)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(topic);
        var error = aliases.Resolve(alias, ref bytes);
        return (error, Encoding.UTF8.GetString(bytes));
    }

    private static (int Alias, bool IsNew) Send(OutboundTopicAliases aliases, string topic)
    {
        var bytes = Encoding.UTF8.GetBytes(topic);
        var alias = aliases.Find(bytes, out var isNew);
        if (isNew)
        {
            aliases.Commit(bytes, alias);
        }

        return (alias, isNew);
    }
}
