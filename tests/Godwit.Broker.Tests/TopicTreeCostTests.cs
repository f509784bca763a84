using System.Text;
using Godwit.Broker.Routing;
using Godwit.Broker.Sessions;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Topics;

namespace Godwit.Broker.Tests;

/// <summary>What the topic tree costs, in nodes visited and bytes allocated.</summary>
public sealed class TopicTreeCostTests
{
    [Fact]
    public void A_search_for_retained_messages_does_not_look_at_levels_that_only_subscriptions_have()
    {
        var rig = new TreeRig();
        for (var i = 0; i < 1_000; i++)
        {
            rig.Subscribe($"bench/a{i}/below/#");
        }

        rig.Retain("other/topic");
        var search = new RetainedSearch(rig.Tree);
        search.Begin(rig.Subscribe("bench/+/below/#"));

        var visits = 3;
        Assert.False(search.TryFindNext(nowMs: 0, ref visits, out _));
    }

    [Fact]
    public void A_match_visits_as_many_nodes_beside_a_million_other_subscriptions_as_alone()
    {
        var rig = new TreeRig();
        var wanted = new[] { rig.Subscribe("fleet/+/engine/#"), rig.Subscribe("fleet/7/engine/oil"), rig.Subscribe("#") };
        var matches = new MatchList();
        rig.Match("fleet/7/engine/oil", matches);
        var alone = matches.VisitedCount;

        SubscribeOthers(rig.Tree, 1_000_000);

        var topic = "fleet/7/engine/oil"u8.ToArray();
        rig.Tree.Match(topic, matches);
        var before = GC.GetAllocatedBytesForCurrentThread();
        rig.Tree.Match(topic, matches);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(1_000_003, rig.Tree.SubscriptionCount);
        Assert.Equal(wanted.OrderBy(subscription => subscription.Version), rig.Match("fleet/7/engine/oil", matches).OrderBy(subscription => subscription.Version));
        Assert.Equal((alone, 0L), (matches.VisitedCount, allocated));
    }

    [Fact]
    public void A_match_does_not_walk_where_only_retained_messages_stand()
    {
        var rig = new TreeRig();
        rig.Retain("meter/1/power");
        rig.Retain("meter/2/power");
        var matches = new MatchList();
        var hall = rig.Subscribe("hall/1");

        Assert.Empty(rig.Match("meter/1/power", matches));
        Assert.Equal(2, matches.VisitedCount);          // the root, and "meter", which might have been "hall"

        var meter = rig.Subscribe("meter/1/power");
        Assert.Equal([meter], rig.Match("meter/1/power", matches));
        Assert.Equal(4, matches.VisitedCount);

        rig.Tree.Unsubscribe(hall);
        rig.Tree.Unsubscribe(meter);
        Assert.Empty(rig.Match("meter/1/power", matches));
        Assert.Equal(1, matches.VisitedCount);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(1000)]
    public void A_topic_keeps_its_name_when_its_retained_message_is_replaced_and_cleared(int levelSize)
    {
        var rig = new TreeRig();
        var topic = "a/" + new string('x', levelSize);
        Assert.True(rig.Retain(topic, "first"));
        Assert.True(rig.Retain(topic, "second, and longer"));
        var subscription = rig.Subscribe(topic + "/below/+");
        rig.Tree.ClearRetained(Encoding.UTF8.GetBytes(topic), out _);

        Assert.Equal(levelSize, subscription.Node!.Parent!.Parent!.Level.Length);
        Assert.Equal([subscription], rig.Match(topic + "/below/x"));
        Assert.True(rig.Retain(topic, "third"));
        Assert.Equal([topic], rig.MatchRetained("a/+"));
    }

    [Fact]
    public void A_node_whose_message_is_gone_does_not_hold_its_payload()
    {
        var rig = new TreeRig();
        var first = Retain(rig, "a/b");
        var second = Retain(rig, "a/b");
        var subscription = rig.Subscribe("a/b/c");
        Clear(rig.Tree);

        GC.Collect();
        Assert.False(first.IsAlive || second.IsAlive);
        GC.KeepAlive(subscription);
        GC.KeepAlive(rig);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference Retain(TreeRig rig, string topic)
    {
        rig.Retain(topic, new string('p', 100));
        var search = new RetainedSearch(rig.Tree);
        var finder = new Subscription { Session = new Session("finder", shardIndex: 0), Filter = Encoding.UTF8.GetBytes(topic), QoS = QoS.AtMostOnce };
        finder.SetVersion(long.MaxValue, replaced: null);
        search.Begin(finder);
        var visits = 100;
        search.TryFindNext(nowMs: 0, ref visits, out var message);
        return new WeakReference(message!.Bytes);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Clear(TopicTree tree) => tree.ClearRetained("a/b"u8, out _);

    private static void SubscribeOthers(TopicTree tree, int count)
    {
        var session = new Session("others", shardIndex: 0);
        for (var i = 0; i < count; i++)
        {
            var filter = Encoding.UTF8.GetBytes((i % 4) switch
            {
                0 => $"fleet/{i + 8}/engine/oil",
                1 => $"fleet/{i + 8}/+",
                2 => $"fleet/7/engine/{i}",
                _ => $"deck/+/{i}/#",
            });
            Assert.True(TopicFilter.TryParse(filter, out var parsed));
            tree.Subscribe(new Subscription { Session = session, Filter = filter, QoS = QoS.AtMostOnce }, parsed, replaced: null);
        }
    }
}
