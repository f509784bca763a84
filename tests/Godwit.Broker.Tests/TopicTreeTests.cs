using System.Diagnostics;
using System.Text;
using Godwit.Broker.Routing;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol.Topics;

namespace Godwit.Broker.Tests;

/// <summary>The topic tree finds what <see cref="TopicFilter.Matches"/> says, for subscriptions and for retained messages (5.0 §4.7).</summary>
public sealed class TopicTreeTests
{
    private const int DeepestLevels = 32_768;       // 65,535 bytes of "a/a/.../a"

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory, Spec("R23", "R24", "R25", "MQTT-4.7.2-1", "MQTT3-4.7.2-1", "MQTT-4.7.3-4")]
    [MemberData(nameof(Seeds))]
    public void A_topic_finds_exactly_the_subscriptions_whose_filter_matches(int seed)
    {
        var random = new Random(seed);
        var rig = new TreeRig();
        var subscriptions = new List<Subscription>();
        for (var step = 0; step < 600; step++)
        {
            if (subscriptions.Count > 0 && random.Next(3) == 0)
            {
                var leaving = random.Next(subscriptions.Count);
                rig.Tree.Unsubscribe(subscriptions[leaving]);
                subscriptions.RemoveAt(leaving);
            }
            else
            {
                var group = random.Next(4) == 0 ? $"$share/g{random.Next(2)}/" : "";
                subscriptions.Add(rig.Subscribe(group + TreeRig.RandomFilter(random)));
            }

            var topic = TreeRig.RandomTopic(random);
            var expected = subscriptions.Where(subscription => TreeRig.Matches(subscription, topic));
            Assert.Equal(expected.Select(Number).Order(), rig.Match(topic).Select(Number).Order());
            Assert.Equal(subscriptions.Count, rig.Tree.SubscriptionCount);
        }
    }

    [Theory, Spec("R43", "R44", "MQTT-4.7.2-1", "MQTT-3.3.1-6")]
    [MemberData(nameof(Seeds))]
    public void A_filter_finds_exactly_the_retained_messages_it_matches(int seed)
    {
        var random = new Random(seed);
        var rig = new TreeRig();
        var retained = new HashSet<string>();
        for (var step = 0; step < 400; step++)
        {
            var topic = TreeRig.RandomTopic(random);
            if (random.Next(3) == 0)
            {
                rig.Tree.ClearRetained(Encoding.UTF8.GetBytes(topic), out _);
                retained.Remove(topic);
            }
            else
            {
                Assert.True(rig.Retain(topic));
                retained.Add(topic);
            }

            var filter = TreeRig.RandomFilter(random);
            var expected = retained.Where(candidate => TopicFilter.Matches(Encoding.UTF8.GetBytes(filter), Encoding.UTF8.GetBytes(candidate)));
            Assert.Equal(expected.Order(StringComparer.Ordinal), rig.MatchRetained(filter).Order(StringComparer.Ordinal));
            Assert.Equal(retained.Count, rig.Tree.RetainedCount);
        }
    }

    [Fact, Spec("R43")]
    public void Retained_messages_come_in_the_order_in_which_their_topics_were_first_used()
    {
        var rig = new TreeRig();
        string[] topics = ["m/z", "m/b", "m/y", "m/a", "m/c"];
        Array.ForEach(topics, topic => rig.Retain(topic));
        rig.Retain("m/z", "replaced");

        Assert.Equal(topics, rig.MatchRetained("m/+"));
        Assert.Equal(topics, rig.MatchRetained("m/#"));
        Assert.Equal(topics, rig.MatchRetained("#"));
    }

    [Fact, Spec("MQTT-3.8.4-3", "R27")]
    public void A_replaced_subscription_stands_in_the_place_of_the_old_one()
    {
        var rig = new TreeRig();
        var old = rig.Subscribe("a/+");
        rig.Subscribe("a/#");

        var replacement = rig.Subscribe("a/+", replaced: old);

        Assert.DoesNotContain(old, rig.Match("a/b"));
        Assert.Contains(replacement, rig.Match("a/b"));
        Assert.Equal(2, rig.Tree.SubscriptionCount);
        Assert.Equal(old.LiveSince, replacement.LiveSince);
        Assert.True(replacement.Version > old.Version);
        rig.Tree.Unsubscribe(replacement);
        Assert.Single(rig.Match("a/b"));
    }

    [Fact]
    public void What_is_unsubscribed_and_cleared_leaves_no_node_behind()
    {
        var rig = new TreeRig();
        var subscriptions = new List<Subscription>();
        for (var i = 0; i < 500; i++)
        {
            subscriptions.Add(rig.Subscribe($"a/{i}/+/x"));
            subscriptions.Add(rig.Subscribe($"$share/g/a/{i}/#"));
            rig.Retain($"r/{i}/y");
        }

        subscriptions.ForEach(rig.Tree.Unsubscribe);
        for (var i = 0; i < 500; i++)
        {
            rig.Tree.ClearRetained(Encoding.UTF8.GetBytes($"r/{i}/y"), out _);
        }

        Assert.Equal((0, 0, 0, 0L), (rig.Tree.SubscriptionCount, rig.Tree.SharedSubscriptionCount, rig.Tree.RetainedCount, rig.Tree.RetainedBytes));
        var probe = rig.Subscribe("probe");
        Assert.Null(probe.Node!.NextSibling);
        Assert.Same(probe.Node, probe.Node.Parent!.FirstChild);
    }

    [Theory, Spec("R23")]
    [InlineData("a")]
    [InlineData("+")]
    [InlineData("")]
    public void The_deepest_topic_needs_no_stack(string level)
    {
        var rig = new TreeRig();
        var topic = Deep("a", DeepestLevels);
        var filter = Deep(level, DeepestLevels);
        var thread = new Thread(
            () =>
            {
                var subscription = rig.Subscribe(filter);
                Assert.Equal(level.Length > 0, rig.Match(topic).Contains(subscription));
                rig.Retain(topic);
                Assert.Equal(level.Length > 0, rig.MatchRetained(filter).Contains(topic));
                Assert.Single(rig.MatchRetained("#"));
                rig.Tree.Unsubscribe(subscription);
                rig.Tree.ClearRetained(Encoding.UTF8.GetBytes(topic), out _);
                Assert.Null(rig.Subscribe("probe").Node!.NextSibling);
            },
            maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Equal(1, rig.Tree.SubscriptionCount);
    }

    [Fact, Spec("R52")]
    public void The_time_for_a_topic_grows_with_its_depth_not_with_the_square_of_it()
    {
        BestTime(DeepestLevels / 16);                // compiles

        var shallow = BestTime(DeepestLevels / 16);
        var deep = BestTime(DeepestLevels);

        // Linear is 16 times, the square 256 times.
        Assert.True(deep < 100 * shallow, $"{DeepestLevels / 16} levels took {shallow}, {DeepestLevels} levels {deep}.");
    }

    /// <summary>Match with a literal and a wildcard at every level, and <c>#</c> at every level.</summary>
    private static TimeSpan BestTime(int levels)
    {
        var rig = new TreeRig();
        rig.Subscribe(Deep("a", levels));
        rig.Subscribe(Deep("+", levels));
        rig.Subscribe(Deep("a", levels - 1) + "/#");
        var topic = Encoding.UTF8.GetBytes(Deep("a", levels));
        var matches = new MatchList();
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var clock = Stopwatch.StartNew();
            rig.Tree.Match(topic, matches);
            best = clock.Elapsed < best ? clock.Elapsed : best;
            Assert.Equal(3, matches.Segments.Length);
        }

        return best;
    }

    private static string Deep(string level, int levels) => string.Join('/', Enumerable.Repeat(level, levels));

    private static long Number(Subscription subscription) => long.Parse(subscription.Session.ClientId);
}
