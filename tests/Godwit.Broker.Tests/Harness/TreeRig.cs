using System.Text;
using Godwit.Broker.Messages;
using Godwit.Broker.Routing;
using Godwit.Broker.Sessions;
using Godwit.Protocol;
using Godwit.Protocol.Topics;

namespace Godwit.Broker.Tests.Harness;

/// <summary>A topic tree without a broker around it; each subscription belongs to a session of its own.</summary>
internal sealed class TreeRig
{
    private static readonly string[] NameLevels = ["", "a", "b", "ab", "$x", "温", "a$"];

    private long _lastSession;

    public TopicTree Tree { get; } = new();

    /// <summary>A valid Topic Name out of few levels, empty ones included, so that many filters match.</summary>
    public static string RandomTopic(Random random)
    {
        while (true)
        {
            var levels = Enumerable.Range(0, random.Next(1, 6)).Select(_ => NameLevels[random.Next(NameLevels.Length)]);
            var topic = string.Join('/', levels);
            if (topic.Length > 0)
            {
                return topic;
            }
        }
    }

    /// <summary>A valid Topic Filter out of the same levels and wildcards.</summary>
    public static string RandomFilter(Random random)
    {
        var levels = RandomTopic(random).Split('/').Select(level => random.Next(3) == 0 ? "+" : level);
        var filter = string.Join('/', levels);
        return random.Next(8) switch
        {
            0 => "#",
            1 or 2 => filter + "/#",
            _ => filter,
        };
    }

    public Subscription Subscribe(string filter, Subscription? replaced = null)
    {
        var bytes = Encoding.UTF8.GetBytes(filter);
        Assert.True(TopicFilter.TryParse(bytes, out var parsed), filter);
        var session = replaced?.Session ?? new Session($"{++_lastSession}", shardIndex: 0);
        var subscription = new Subscription { Session = session, Filter = bytes, QoS = QoS.AtMostOnce };
        Tree.Subscribe(subscription, parsed, replaced);
        return subscription;
    }

    public bool Retain(string topic, string payload = "x")
    {
        var view = new MessageView
        {
            Topic = Encoding.UTF8.GetBytes(topic),
            Payload = Encoding.UTF8.GetBytes(payload),
            ExpiresAtMs = long.MaxValue,
            AnnouncedExpiryMs = long.MaxValue,
        };
        return Tree.TryRetain(MessagePool.Unpooled(view), 0, 0, 0, out _) == RetainOutcome.Stored;
    }

    /// <summary>All subscriptions that a topic finds, those of shared groups included.</summary>
    public List<Subscription> Match(string topic, MatchList? matches = null)
    {
        matches ??= new MatchList();
        Tree.Match(Encoding.UTF8.GetBytes(topic), matches);
        var found = new List<Subscription>();
        foreach (var (list, count) in matches.Segments)
        {
            AddAll(list, count, found);
        }

        foreach (var group in matches.Groups)
        {
            if (group.Members is { } members)
            {
                AddAll(members, members.Count, found);
            }
        }

        return found;
    }

    /// <summary>Topics whose retained messages a filter finds, in the order in which they are found.</summary>
    public List<string> MatchRetained(string filter)
    {
        var bytes = Encoding.UTF8.GetBytes(filter);
        var search = new RetainedSearch(Tree);
        var finder = new Subscription { Session = new Session("finder", shardIndex: 0), Filter = bytes, QoS = QoS.AtMostOnce };
        finder.SetVersion(long.MaxValue, replaced: null);
        search.Begin(finder);
        var found = new List<string>();
        while (true)
        {
            var visits = 3;                             // so few that every search pauses
            if (!search.TryFindNext(nowMs: 0, ref visits, out var message))
            {
                return found;
            }

            if (message is not null)
            {
                found.Add(Encoding.UTF8.GetString(message.Topic));
            }
        }
    }

    /// <summary>The slow truth.</summary>
    public static bool Matches(Subscription subscription, string topic) =>
        TopicFilter.TryParse(subscription.Filter, out var filter) && TopicFilter.Matches(filter.Filter, Encoding.UTF8.GetBytes(topic));

    public static string FilterOf(Subscription subscription) => Encoding.UTF8.GetString(subscription.Filter);

    private static void AddAll(SubscriberList list, int count, List<Subscription> found)
    {
        for (var i = 0; i < count; i++)
        {
            if (list[i] is { } subscription)
            {
                found.Add(subscription);
            }
        }
    }
}
