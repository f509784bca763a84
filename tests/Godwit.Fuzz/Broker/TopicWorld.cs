using System.Runtime.CompilerServices;
using System.Text;
using Godwit.Broker;
using Godwit.Broker.Messages;
using Godwit.Broker.Routing;
using Godwit.Broker.Sessions;
using Godwit.Fuzz.Models;
using Godwit.Protocol;
using Godwit.Protocol.Topics;

namespace Godwit.Fuzz.Broker;

/// <summary>
/// The broker's topic tree beside a list of the same subscriptions and retained messages: after every step both must say the same.
/// A text is its bytes, one character each.
/// </summary>
internal sealed class TopicWorld
{
    private static readonly Encoding Bytewise = Encoding.Latin1;

    private readonly TopicTree _tree = new();
    private readonly MatchList _matches = new();
    private readonly List<(Subscription Subscription, string Filter)> _subscriptions = [];
    private readonly HashSet<string> _retained = new(StringComparer.Ordinal);
    private int _lastSession;

    /// <summary>A subscription of a new session, or in the place of an older one with the same filter.</summary>
    public void Subscribe(string filter, bool mayReplace)
    {
        var bytes = Bytewise.GetBytes(filter);
        var isValid = TopicFilter.TryParse(bytes, out var parsed);
        Require(isValid == TopicModel.IsValidFilter(filter), $"'{filter}' is {(isValid ? "a filter" : "no filter")}");
        if (!isValid)
        {
            return;
        }

        Require(Bytewise.GetString(parsed.Filter) == TopicModel.Unshared(filter), $"'{filter}' is matched as '{Bytewise.GetString(parsed.Filter)}'");
        var at = mayReplace ? _subscriptions.FindIndex(entry => entry.Filter == filter) : -1;
        var replaced = at < 0 ? null : _subscriptions[at].Subscription;
        var session = replaced?.Session ?? new Session($"{++_lastSession}", shardIndex: 0);
        var subscription = new Subscription { Session = session, Filter = bytes, QoS = QoS.AtMostOnce };
        _tree.Subscribe(subscription, parsed, replaced);
        if (at >= 0)
        {
            _subscriptions[at] = (subscription, filter);
        }
        else
        {
            _subscriptions.Add((subscription, filter));
        }

        CheckCounts();
    }

    public void Unsubscribe(int index)
    {
        if (_subscriptions.Count > 0)
        {
            index %= _subscriptions.Count;
            _tree.Unsubscribe(_subscriptions[index].Subscription);
            _subscriptions.RemoveAt(index);
            CheckCounts();
        }
    }

    /// <summary>Each matching subscription is found once, and no other.</summary>
    public void Match(string topic)
    {
        if (!IsName(topic))
        {
            return;
        }

        var bytes = Bytewise.GetBytes(topic);
        var found = Find(bytes);
        Require(found.Distinct().Count() == found.Count, $"'{topic}' finds a subscription twice");
        foreach (var (subscription, filter) in _subscriptions)
        {
            var expected = TopicModel.Matches(filter, topic);
            Require(found.Contains(subscription) == expected, $"the tree says {!expected} for '{filter}' and '{topic}'");
            var unshared = Bytewise.GetBytes(TopicModel.Unshared(filter));
            Require(TopicFilter.Matches(unshared, bytes) == expected, $"TopicFilter says {!expected} for '{filter}' and '{topic}'");
            found.Remove(subscription);
        }

        Require(found.Count == 0, $"'{topic}' finds a subscription that is over");
    }

    public void Retain(string topic)
    {
        if (IsName(topic))
        {
            var view = new MessageView { Topic = Bytewise.GetBytes(topic), Payload = "x"u8, ExpiresAtMs = long.MaxValue, AnnouncedExpiryMs = long.MaxValue };
            _tree.TryRetain(MessagePool.Unpooled(view), countMax: 0, bytesMax: 0, ownerMax: 0, out _);
            _retained.Add(topic);
            CheckCounts();
        }
    }

    public void Clear(string topic)
    {
        if (IsName(topic))
        {
            _tree.ClearRetained(Bytewise.GetBytes(topic), out _);
            _retained.Remove(topic);
            CheckCounts();
        }
    }

    public void MatchRetained(string filter)
    {
        if (!TopicModel.IsValidFilter(filter))
        {
            return;
        }

        var found = new List<Message>();
        var search = new RetainedSearch(_tree);
        var finder = new Subscription
        {
            Session = new Session("finder", shardIndex: 0), Filter = Bytewise.GetBytes(TopicModel.Unshared(filter)), QoS = QoS.AtMostOnce,
        };
        finder.SetVersion(long.MaxValue, replaced: null);
        search.Begin(finder);
        var visits = int.MaxValue;
        while (search.TryFindNext(nowMs: 0, ref visits, out var message))
        {
            found.Add(message!);
        }

        var topics = found.Select(message => Bytewise.GetString(message.Topic)).Order(StringComparer.Ordinal);
        var expected = _retained.Where(topic => TopicModel.Matches(filter, topic)).Order(StringComparer.Ordinal);
        Require(topics.SequenceEqual(expected), $"'{filter}' finds the retained {string.Join(' ', topics)} instead of {string.Join(' ', expected)}");
    }

    /// <summary>Takes everything out again: nothing may be left, not even an empty node.</summary>
    public void Empty()
    {
        while (_subscriptions.Count > 0)
        {
            Unsubscribe(0);
        }

        foreach (var topic in _retained.ToList())
        {
            Clear(topic);
        }

        Require(Root(_tree).IsEmpty, "the tree keeps nodes that nobody needs");
    }

    private List<Subscription> Find(byte[] topic)
    {
        _tree.Match(topic, _matches);
        var found = new List<Subscription>();
        foreach (var (list, count) in _matches.Segments)
        {
            AddAll(list, count, found);
        }

        foreach (var group in _matches.Groups)
        {
            var members = new List<Subscription>();
            AddAll(group.Members!, group.Members!.Count, members);
            foreach (var strategy in Enum.GetValues<SharedStrategy>())
            {
                Require(members.Contains(group.Pick(strategy, topic, tried: null)!), $"{strategy} picks nobody, or somebody who has left");
            }

            found.AddRange(members);
        }

        return found;
    }

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

    private static bool IsName(string topic)
    {
        var isName = TopicName.IsValid(Bytewise.GetBytes(topic));
        Require(isName == TopicModel.IsValidName(topic), $"'{topic}' is {(isName ? "a name" : "no name")}");
        return isName;
    }

    private void CheckCounts()
    {
        var shared = _subscriptions.Count(entry => entry.Filter.StartsWith("$share/", StringComparison.Ordinal));
        var retained = _retained.Where(topic => !topic.StartsWith("$SYS/", StringComparison.Ordinal)).ToList();
        Require(_tree.SubscriptionCount == _subscriptions.Count && _tree.SharedSubscriptionCount == shared, "the subscriptions are counted wrongly");
        Require(_tree.RetainedCount == retained.Count && _tree.RetainedBytes == retained.Sum(topic => topic.Length + 1 + 64), "the retained messages are counted wrongly");
    }

    private static void Require(bool isRight, string fault)
    {
        if (!isRight)
        {
            throw new InvalidOperationException(fault + ".");
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_root")]
    private static extern ref TopicNode Root(TopicTree tree);
}
