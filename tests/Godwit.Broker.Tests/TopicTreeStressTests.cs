using System.Text;
using Godwit.Broker.Routing;
using Godwit.Broker.Tests.Harness;

namespace Godwit.Broker.Tests;

/// <summary>Readers walk the topic tree without a lock while a writer changes it.</summary>
public sealed class TopicTreeStressTests
{
    private const int WritesCount = 40_000;

    [Theory, Spec("R49", "R55")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Readers_always_find_what_is_always_there_and_never_what_does_not_match(int seed)
    {
        var random = new Random(seed);
        var rig = new TreeRig();
        string[] topics = [.. Enumerable.Range(0, 40).Select(_ => TreeRig.RandomTopic(random)).Distinct()];
        var lasting = Enumerable.Range(0, 60).Select(i => rig.Subscribe(i % 5 == 0 ? "$share/g/" + TreeRig.RandomFilter(random) : TreeRig.RandomFilter(random))).ToList();
        var readers = Enumerable.Range(0, 3).Select(i => new Reader(rig, topics, lasting, seed + i)).ToArray();
        var tasks = readers.Select(reader => Task.Factory.StartNew(reader.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();

        var passing = Churn(rig, random);
        Array.ForEach(readers, reader => reader.Stop());
        await Task.WhenAll(tasks);

        Assert.All(readers, reader => Assert.Equal("", reader.Failure));
        passing.ForEach(rig.Tree.Unsubscribe);
        Assert.Equal(lasting.Count, rig.Tree.SubscriptionCount);
        Assert.All(topics, topic => Assert.All(rig.Match(topic), found => Assert.Contains(found, lasting)));
    }

    [Fact, Spec("R43")]
    public async Task Readers_always_find_a_retained_message_that_is_replaced_again_and_again()
    {
        var rig = new TreeRig();
        string[] topics = [.. Enumerable.Range(0, 20).Select(i => $"r/{i}/value")];
        Array.ForEach(topics, topic => rig.Retain(topic));
        var stop = false;
        var failure = "";
        var reader = Task.Factory.StartNew(
            () =>
            {
                while (!Volatile.Read(ref stop) && failure.Length == 0)
                {
                    var found = rig.MatchRetained("r/+/value").Where(topic => !topic.Contains("passing")).Order(StringComparer.Ordinal).ToArray();
                    failure = found.SequenceEqual(topics.Order(StringComparer.Ordinal)) ? "" : string.Join(' ', found);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        for (var i = 0; i < WritesCount; i++)
        {
            rig.Retain(topics[i % topics.Length], $"{i}");
            rig.Retain($"r/passing{i % 7}/value");
            rig.Tree.ClearRetained(Encoding.UTF8.GetBytes($"r/passing{(i + 3) % 7}/value"), out _);
        }

        Volatile.Write(ref stop, true);
        await reader;
        Assert.Equal("", failure);
    }

    /// <summary>Subscribes, replaces, unsubscribes, retains and clears at random.</summary>
    /// <returns>The subscriptions that are left.</returns>
    private static List<Subscription> Churn(TreeRig rig, Random random)
    {
        var passing = new List<Subscription>();
        for (var i = 0; i < WritesCount; i++)
        {
            var index = random.Next(passing.Count + 1);
            switch (random.Next(5))
            {
                case 0 when index < passing.Count:
                    passing[index] = rig.Subscribe(TreeRig.FilterOf(passing[index]), passing[index]);
                    break;

                case 1 or 2 when index < passing.Count:
                    rig.Tree.Unsubscribe(passing[index]);
                    passing.RemoveAt(index);
                    break;

                case 3:
                    rig.Retain(TreeRig.RandomTopic(random));
                    rig.Tree.ClearRetained(Encoding.UTF8.GetBytes(TreeRig.RandomTopic(random)), out _);
                    break;

                default:
                    passing.Add(rig.Subscribe(random.Next(4) == 0 ? "$share/g/" + TreeRig.RandomFilter(random) : TreeRig.RandomFilter(random)));
                    break;
            }
        }

        return passing;
    }

    private sealed class Reader(TreeRig rig, string[] topics, List<Subscription> lasting, int seed)
    {
        private volatile bool _stop;

        public string Failure { get; private set; } = "";

        public void Stop() => _stop = true;

        public void Run()
        {
            var random = new Random(seed);
            var matches = new MatchList();
            var expected = topics.Select(topic => lasting.Where(subscription => TreeRig.Matches(subscription, topic)).ToHashSet()).ToArray();
            while (!_stop && Failure.Length == 0)
            {
                var index = random.Next(topics.Length);
                var found = rig.Match(topics[index], matches);
                var foreign = found.Find(subscription => !TreeRig.Matches(subscription, topics[index]));
                if (foreign is not null)
                {
                    Failure = $"{topics[index]} found {TreeRig.FilterOf(foreign)}";
                }
                else if (!expected[index].IsSubsetOf(found))
                {
                    Failure = $"{topics[index]} missed {TreeRig.FilterOf(expected[index].Except(found).First())}";
                }
                else if (found.Distinct().Count() != found.Count)
                {
                    Failure = $"{topics[index]} found a subscription twice";
                }
            }
        }
    }
}
