using Godwit.Broker.Log;
using Godwit.Broker.Messages;
using Godwit.Protocol.Topics;

namespace Godwit.Broker.Routing;

/// <summary>
/// Looks for the retained messages that a subscription is owed, a few nodes at a time and only as the client takes them: a filter that finds
/// 100,000 messages costs neither a list of them nor a turn. The names of one level come in the order in which they were first used.
/// </summary>
/// <remarks>
/// What is owed stays where it is found: a message older than the subscription keeps its node and all above it in the tree. What changes
/// meanwhile has a newer version and comes live. So it is enough to hold one node of each level: a node that is removed keeps its way to the
/// younger ones, and what is added comes behind them all.
/// </remarks>
internal sealed class RetainedSearch(TopicTree tree)
{
    /// <summary>Position of a node below <c>#</c>: it matches, whatever its level is called.</summary>
    private const int Below = int.MaxValue;

    private const int PeekVisitsMax = 64;

    private Step[] _steps = new Step[4];
    private int _stepCount;
    private Subscription _subscription = null!;
    private long _olderThan;
    private bool _isNoLocal;        // of the SUBSCRIBE that asked: what it held back is not owed to one that replaces it
    private TopicNode? _last;       // where something was found last
    private TopicNode? _peeked;     // where something was found that nobody has taken yet
    private HashSet<long>? _given;  // what it had found before the broker was started, by number in the log

    /// <summary>Whom the messages are for. Not shared: a shared subscription gets none. [MQTT-4.8.2-6]</summary>
    public Subscription Subscription => _subscription;

    /// <summary>Its place among the searches of the session; null when it is not one of them.</summary>
    public LinkedListNode<RetainedSearch>? Place { get; set; }

    /// <summary>How it stands in the log; null when it is not there.</summary>
    public RetainedProgress? Progress { get; set; }

    /// <summary>Version of the tree: what is owed is older.</summary>
    public long OlderThan => _olderThan;

    /// <summary>The broker was started since the SUBSCRIBE, so the client has left since.</summary>
    public bool IsResumed => _given is not null;

    /// <summary>Begins, or begins anew: all messages older than the subscription. [MQTT-3.3.1-9]</summary>
    public void Begin(Subscription subscription)
    {
        Pass(subscription);
        _given = null;
        Begin(subscription.Version, subscription.NoLocal);
    }

    /// <summary>Goes on after a restart.</summary>
    /// <param name="subscription">Whom the messages are for.</param>
    /// <param name="olderThan">Version of the tree at the SUBSCRIBE.</param>
    /// <param name="isNoLocal">No Local of that SUBSCRIBE.</param>
    /// <param name="given">What was found before, by number in the log.</param>
    public void Resume(Subscription subscription, long olderThan, bool isNoLocal, HashSet<long> given)
    {
        Pass(subscription);
        _given = given;
        Begin(olderThan, isNoLocal);
    }

    /// <summary>Looks a few nodes far whether anything is owed at all; what it finds comes next.</summary>
    /// <returns>False: there is nothing.</returns>
    public bool MayFind(long nowMs)
    {
        var visits = PeekVisitsMax;
        var mayFind = TryFindNext(nowMs, ref visits, out var message);
        _peeked = message is null ? null : _last;
        return mayFind;
    }

    /// <summary>A SUBSCRIBE has replaced the subscription and asks for nothing: what is owed to the old one is owed to the new. [MQTT-3.8.4-4]</summary>
    public void Pass(Subscription subscription)
    {
        _subscription = subscription;
        subscription.RetainedSearch = this;
    }

    /// <summary>Goes on to the next message.</summary>
    /// <param name="nowMs">Expired messages are left out. [MQTT-3.3.2-5]</param>
    /// <param name="visits">Nodes that may be visited; what is left of them comes back.</param>
    /// <param name="message">Null: none was found before the visits were used up.</param>
    /// <returns>False: there are no more.</returns>
    public bool TryFindNext(long nowMs, ref int visits, out Message? message)
    {
        message = _peeked is null ? null : OwedAt(_peeked, nowMs);
        _peeked = null;
        while (message is null && visits > 0)
        {
            if (_stepCount == 0)
            {
                return false;
            }

            visits--;
            message = Visit(Take(out var position), position, nowMs);
        }

        return true;
    }

    private Message? Visit(TopicNode node, int position, long nowMs)
    {
        var filter = _subscription.Filter.AsSpan();
        if (position == Below)
        {
            PushChildren(node, Below);
            return OwedAt(node, nowMs);
        }

        if (position > filter.Length)
        {
            return OwedAt(node, nowMs);
        }

        var rest = filter[position..];
        var end = rest.IndexOf(TopicName.Separator);
        var level = end < 0 ? rest : rest[..end];
        var next = position + level.Length + 1;
        if (level.SequenceEqual("#"u8))
        {
            PushChildren(node, Below);
            return OwedAt(node, nowMs);                         // "a/#" matches "a" too
        }

        if (level.SequenceEqual("+"u8))
        {
            PushChildren(node, next);
        }
        else if (node.Find(level) is { } child)
        {
            Push(child, next, isFirstOfMany: false);
        }

        return null;
    }

    private void Begin(long olderThan, bool isNoLocal)
    {
        _olderThan = olderThan;
        _isNoLocal = isNoLocal;
        _peeked = null;
        Array.Clear(_steps, 0, _stepCount);
        _stepCount = 0;
        Push(tree.Root, 0, isFirstOfMany: false);
    }

    private Message? OwedAt(TopicNode node, long nowMs)
    {
        _last = node;
        return node.Retained is { } message && message.Version < _olderThan && message.RetainedUntilMs > nowMs && !IsHeldBack(message) && !IsGiven(message)
            ? message
            : null;
    }

    private bool IsGiven(Message message) => _given is not null && _given.Contains(message.LogId);

    /// <summary>The client's own message, which the SUBSCRIBE that began this search did not want; the one that replaced it asks for none.</summary>
    private bool IsHeldBack(Message message) =>
        _isNoLocal && !_subscription.NoLocal && string.Equals(message.PublisherId, _subscription.Session.ClientId, StringComparison.Ordinal);

    /// <summary>
    /// The children, oldest first, if anything is retained at them or below: there may be a million that only subscriptions need. Wildcards at the root see
    /// nothing that begins with <c>$</c>. [MQTT-4.7.2-1]
    /// </summary>
    private void PushChildren(TopicNode node, int position)
    {
        var isCounted = _subscription.Filter[0] != (byte)'$';        // messages of $SYS are not
        if (isCounted && node.Children is not { RetainedBelow: > 0 })
        {
            return;
        }

        if (Seen(node.FirstChild) is { } first)
        {
            Push(first, position, isFirstOfMany: true);
        }
    }

    /// <summary>The node to visit next. Of children, the next younger one takes its place.</summary>
    private TopicNode Take(out int position)
    {
        ref var step = ref _steps[_stepCount - 1];
        var node = step.Node;
        position = step.Position;
        if (step.IsFirstOfMany && Seen(node.NextSibling) is { } next)
        {
            step.Node = next;
        }
        else
        {
            step = default;
            _stepCount--;
        }

        return node;
    }

    /// <summary>The first of a node and its younger siblings that a wildcard sees.</summary>
    private TopicNode? Seen(TopicNode? node)
    {
        while (node is not null && node.Parent == tree.Root && TopicName.IsHidden(node.Level))
        {
            node = node.NextSibling;
        }

        return node;
    }

    private void Push(TopicNode node, int position, bool isFirstOfMany)
    {
        if (_stepCount == _steps.Length)
        {
            Array.Resize(ref _steps, 2 * _stepCount);
        }

        _steps[_stepCount++] = new Step { Node = node, Position = position, IsFirstOfMany = isFirstOfMany };
    }

    /// <summary>Where the search goes on: at a node, and if it came with siblings, at those that are younger.</summary>
    private struct Step
    {
        public TopicNode Node;
        public int Position;
        public bool IsFirstOfMany;
    }
}
