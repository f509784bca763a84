using System.Text;
using Godwit.Broker;
using Godwit.Broker.Routing;
using Godwit.Broker.Sessions;
using Godwit.Broker.Shards;
using Godwit.Fuzz.Broker;
using Godwit.Protocol;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Tests;

/// <summary>The worst packets for a broker cost what their size allows, in time and in memory.</summary>
public sealed class BrokerBoundsTests
{
    /// <summary>A filter for each number: a or + on each of 17 levels, so that all of them match one topic.</summary>
    private static readonly string OverlappingTopic = string.Join('/', Enumerable.Repeat("a", 17));

    [Fact, Spec("Hostile-12")]
    public void A_megabyte_of_properties_in_single_bytes() =>
        Growth.IsLinear(128 * 1024, size =>
        {
            var (_, client) = Connect();
            var property = Hex.Parse("26 0001 'k' 0001 'v'");
            var packet = Publish("t", Enumerable.Repeat(property, size / property.Length).SelectMany(bytes => bytes).ToArray());
            byte[][] pieces = [.. packet.Chunk(1)];
            return () =>
            {
                client.SendInOneTurn(pieces);
                Assert.True(client.IsClosed);                   // more than 100 User Properties
            };
        });

    [Fact, Spec("Hostile-12")]
    public void CONNECT_in_single_bytes_is_looked_at_from_its_header() =>
        Growth.IsLinear(50_000, size =>
        {
            var (broker, _) = Connect();
            byte[] packet = Raw.Packet(0x10, [.. Hex.Parse("0004 'MQTT' 05 02 003C 00"), .. Raw.String(Enumerable.Repeat((byte)'c', 60_000).ToArray()), .. new byte[size]]);
            return () =>
            {
                for (var length = 1; length < packet.Length; length++)
                {
                    Assert.Equal(HandshakeStatus.Incomplete, broker.Core.Handshake.TryRead(packet.AsSpan(0, length)).Status);
                }
            };
        });

    [Fact, Spec("Hostile-7")]
    public void Topics_and_filters_with_many_levels() =>
        Growth.IsLinear(4000, levels =>
        {
            var (_, client) = Connect();
            var topic = new string('/', levels);
            var filter = string.Concat(Enumerable.Repeat("+/", levels)) + "#";
            byte[][] packets = [Subscribe([topic, filter]), Publish(topic, [], retain: true), Subscribe([filter]), Publish(topic, [])];
            return () =>
            {
                client.SendInOneTurn(packets);
                Assert.False(client.IsClosed);
                client.Drop();
            };
        });

    [Fact, Spec("Hostile-11")]
    public void SUBSCRIBE_and_UNSUBSCRIBE_with_many_filters() =>
        Growth.IsLinear(4000, count =>
        {
            var (_, client) = Connect();
            string[] filters = [.. Enumerable.Range(0, count).Select(number => $"a/{number}/+")];
            byte[][] packets = [Subscribe(filters), Unsubscribe(filters), Subscribe(filters)];
            return () =>
            {
                client.SendInOneTurn(packets);
                Assert.False(client.IsClosed);
                client.Drop();
            };
        });

    [Fact, Spec("Hostile-11")]
    public void The_same_filters_subscribed_again_while_their_retained_messages_wait() =>
        Growth.IsLinear(3000, count =>
        {
            var (_, client) = Connect();
            client.SendInOneTurn([Publish(OverlappingTopic, [], retain: true)]);
            string[] filters = [.. Overlapping(count)];
            var packet = Subscribe([.. filters, .. filters]);
            return () => client.SendInOneTurn([packet]);
        });

    [Fact, Spec("Hostile-20")]
    public void Retained_messages_that_are_asked_for_again_and_again_and_never_taken_leave_nothing_behind()
    {
        var backlog = new RetainedBacklog(durability: null);
        var tree = new TopicTree();
        var kept = Begin();
        backlog.Add(kept);
        for (var i = 0; i < 10_000; i++)
        {
            var passing = Begin();
            backlog.Add(passing);
            backlog.Remove(passing);
        }

        Assert.Equal(1, backlog.Count);
        var visits = 10;
        Assert.False(backlog.TryTake(nowMs: 0, ref visits, out _, out _));      // the tree is empty
        Assert.Equal(0, backlog.Count);
        Assert.Null(kept.Subscription.RetainedSearch);

        RetainedSearch Begin()
        {
            var search = new RetainedSearch(tree);
            search.Begin(NewSubscription());
            return search;
        }
    }

    [Fact, Spec("Hostile-18")]
    public void A_malformed_packet_costs_at_most_four_times_its_size()
    {
        byte[] malformed = Raw.Packet(0x82, [0, 1, 0, .. Enumerable.Repeat<byte[]>([0, 1, (byte)'x', 0], 250_000).SelectMany(entry => entry), 0xFF]);
        var (broker, first) = Connect();
        first.SendInOneTurn([.. malformed.Chunk(16 * 1024)]);
        var second = new FuzzPeer(broker);
        second.Send(Hex.Parse("10 0E 0004 'MQTT' 05 02 0000 00 0001 's'"));
        byte[][] pieces = [.. malformed.Chunk(16 * 1024)];

        var before = GC.GetAllocatedBytesForCurrentThread();
        second.SendInOneTurn(pieces);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(second.IsClosed);
        Assert.InRange(allocated, 0, 4L * malformed.Length);
    }

    [Theory, Spec("Hostile-59")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(0x0FFFFFFF)]
    public void A_connection_that_declares_any_length_leaves_the_broker_at_rest(int length)
    {
        for (var type = 0; type < 16; type++)
        {
            var (broker, client) = Connect();

            client.Send([(byte)((type << 4) | (type is 6 or 8 or 10 ? 2 : 0)), .. Raw.VariableByteInteger(length), .. length == 1 ? new byte[1] : []]);

            Assert.False(broker.Core.Shards[0].HasWork);
            Assert.Equal(long.MaxValue, broker.Core.Shards[0].NextDeadlineMs);
            var isWaiting = length == 0x0FFFFFFF && !client.IsClosed;
            Assert.True(isWaiting || client.IsClosed || type == 12, $"Type {type} with length {length} is neither answered nor refused.");
        }
    }

    [Theory, Spec("Hostile-2")]
    [InlineData("30 FF FF FF FF 7F")]
    [InlineData("82 80 80 80 80 00")]
    [InlineData("30 04 FFFF 'ab'")]
    public void What_follows_a_packet_that_cannot_be_framed_or_read_is_never_carried_out(string refused)
    {
        var (broker, client) = Connect();
        var watcher = new FuzzPeer(broker);
        watcher.Send(Hex.Parse("10 0E 0004 'MQTT' 05 02 0000 00 0001 'w' 82 07 0001 00 0001 't' 00"));
        var before = watcher.Output.Length;

        client.Send([.. Hex.Parse(refused), .. Publish("t", [])]);

        Assert.True(client.IsClosed);
        Assert.Equal(before, watcher.Output.Length);
    }

    private static (FuzzBroker Broker, FuzzPeer Client) Connect()
    {
        var broker = new FuzzBroker(shards: 1, new BrokerLimits(), new BrokerSettings { SysIntervalSeconds = 0 });
        var client = new FuzzPeer(broker);
        client.Send(Hex.Parse("10 0E 0004 'MQTT' 05 02 0000 00 0001 'c'"));
        Assert.False(client.IsClosed);
        return (broker, client);
    }

    private static Subscription NewSubscription() => new() { Session = new Session("s", shardIndex: 0), Filter = [(byte)'f'], QoS = QoS.AtMostOnce };

    private static IEnumerable<string> Overlapping(int count) =>
        Enumerable.Range(0, count).Select(number => string.Join('/', Enumerable.Range(0, 17).Select(level => (number >> level & 1) == 0 ? "a" : "+")));

    private static byte[] Publish(string topic, byte[] properties, bool retain = false) =>
        Raw.Packet((byte)(retain ? 0x31 : 0x30), [.. Text(topic), .. Raw.Block(properties), (byte)'p']);

    private static byte[] Subscribe(string[] filters) =>
        Raw.Packet(0x82, [0, 1, 0, .. filters.SelectMany(filter => (byte[])[.. Text(filter), 0])]);

    private static byte[] Unsubscribe(string[] filters) => Raw.Packet(0xA2, [0, 1, 0, .. filters.SelectMany(Text)]);

    private static byte[] Text(string text) => Raw.String(Encoding.UTF8.GetBytes(text));
}
