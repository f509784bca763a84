using System.Text;
using Godwit.Bench.Measurement;
using Godwit.Bench.Plans;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Topics;

namespace Godwit.Bench.Tests;

/// <summary>Who publishes what to whom.</summary>
public sealed class WorkloadTests
{
    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(1, 1000, 1, 1, 1000)]       // fan-out
    [InlineData(1000, 1, 1, 1000, 1)]       // fan-in
    [InlineData(50, 50, 50, 50, 1)]
    [InlineData(2, 3, 10, 10, 1)]           // several topics for each
    [InlineData(3, 5, 2, 3, 2.5)]
    public void Streams_and_deliveries_follow_from_the_counts(int publishers, int subscribers, int topics, int streams, double fanout)
    {
        var workload = new Workload(Plan(publishers, subscribers, topics));

        Assert.Equal(streams, workload.Streams);
        Assert.Equal(fanout, workload.MeanFanout);
        var filters = Enumerable.Range(0, subscribers).SelectMany(workload.FiltersOf).ToList();
        Assert.Equal(Math.Max(subscribers, topics), filters.Count);
        for (var topic = 0; topic < topics; topic++)
        {
            Assert.Equal(workload.Fanout[topic], filters.Count(filter => filter == $"bench/{topic}"));
        }
    }

    [Fact]
    public void A_shared_group_gets_each_message_once()
    {
        var workload = new Workload(Plan(1, 10, 1) with { Share = "g" });

        Assert.Equal([1], workload.Fanout);
        Assert.Equal(["$share/g/bench/0"], workload.FiltersOf(3));
    }

    [Theory]
    [InlineData("bench/#", 4)]
    [InlineData("bench/2", 1)]
    [InlineData("other", 0)]
    public void A_filter_of_all_subscribers_decides_what_is_due(string filter, int matched)
    {
        var workload = new Workload(Plan(1, 10, 4) with { Filter = filter });

        Assert.Equal(matched * 10, workload.Fanout.Sum());
    }

    [Theory]
    [InlineData(5, 10, 500)]
    [InlineData(1, 3, 50)]
    [InlineData(8, 2, 300)]
    public void In_a_tree_deliveries_are_counted_as_the_definition_of_matching_counts_them(int depth, int breadth, int subscribers)
    {
        var plan = Plan(4, subscribers, 200) with { Shape = BenchShape.Wild, TreeDepth = depth, TreeBreadth = breadth };
        var names = new WildNames(plan);
        var workload = new Workload(plan);

        for (var i = 0; i < names.Topics.Length; i++)
        {
            var topic = Encoding.UTF8.GetBytes(names.Topics[i]);
            Assert.Equal(names.Filters.Count(filter => TopicFilter.Matches(Encoding.UTF8.GetBytes(filter), topic)), workload.Fanout[i]);
        }

        Assert.All(names.Filters, filter => Assert.True(TopicFilter.TryParse(Encoding.UTF8.GetBytes(filter), out _)));
        Assert.Contains(workload.Fanout, count => count > 0);
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt311, QoS.AtMostOnce, "t", null, 16)]
    [InlineData(ProtocolVersion.Mqtt5, QoS.AtLeastOnce, "t", null, 300)]
    [InlineData(ProtocolVersion.Mqtt5, QoS.ExactlyOnce, "t/%s", null, 16)]
    [InlineData(ProtocolVersion.Mqtt311, QoS.AtLeastOnce, "t", "{\"n\":%s,\"c\":\"%c\"}", 16)]
    [InlineData(ProtocolVersion.Mqtt5, QoS.AtMostOnce, "t/%s", "%s", 200)]
    public void Every_packet_is_a_PUBLISH_as_planned(ProtocolVersion version, QoS qos, string topic, string? text, int size)
    {
        var workload = new Workload(Plan(1, 0, 1) with { Version = version, QoS = qos, Topic = topic, PayloadTemplate = text, PayloadSize = size, Retain = true });
        var template = workload.Packets[0];
        var bytes = new byte[template.SizeMax];

        foreach (var sequence in new long[] { 0, 9, 12_345 })
        {
            var written = template.Write(bytes, 77, 5, sequence, 123_456_789);
            Assert.Equal(FrameStatus.Complete, PacketFramer.TryRead(bytes.AsSpan(0, written), version, int.MaxValue, out var header, out var body, out var packetSize, out _));
            Assert.Equal(written, packetSize);
            Assert.Equal(PacketError.None, PublishPacket.TryRead(header.Flags, body, version, out var publish));
            Assert.Equal((qos, true), (publish.QoS, publish.Retain));
            Assert.Equal(topic.Replace("%s", $"{sequence}"), Encoding.UTF8.GetString(publish.Topic));
            Assert.Equal(qos == QoS.AtMostOnce ? 0 : 77, publish.PacketId);
            Assert.Equal(5, MessageHeader.Read(publish.Payload, out var read, out var sentNs));
            Assert.Equal((sequence, 123_456_789L), (read, sentNs));
            var expected = (text ?? "").Replace("%s", $"{sequence}").Replace("%c", "t-p0");
            Assert.Equal(Math.Max(size, 16 + expected.Length), publish.Payload.Length);
            Assert.Equal(expected.PadRight(publish.Payload.Length - 16, 'x'), Encoding.UTF8.GetString(publish.Payload[16..]));
        }
    }

    private static BenchPlan Plan(int publishers, int subscribers, int topics) =>
        new() { Shape = BenchShape.PubSub, Publishers = publishers, Subscribers = subscribers, Topics = topics, IdPrefix = "t" };
}
