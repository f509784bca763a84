using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Protocol.Topics;

namespace Godwit.Broker.Shards;

/// <summary>
/// Packets that wait for a right. The packet stays at the front of the connection's input, which is not read further; when the answer is there, or
/// <see cref="BrokerLimits.AskTimeoutMs"/> is over, it is handled anew with the answer in hand.
/// </summary>
public sealed partial class Shard
{
    /// <summary>The host answers <see cref="IShardWorld.Ask"/>: a <see cref="HostCall"/>. For a connection that has ended, or waits no longer, it does nothing.</summary>
    /// <param name="connection">Whose right was asked about.</param>
    /// <param name="inquiry">As it was asked.</param>
    /// <param name="answers">In the order of the questions; what is missing is not decided.</param>
    public void Answered(Connection connection, AccessInquiry inquiry, IReadOnlyList<AccessAnswer> answers)
    {
        if (!connection.IsClosed && connection.IsAsking && connection.Inquiry == inquiry)
        {
            inquiry.Answer(answers);
            HearAgain(connection);
        }
    }

    /// <summary>The subscriptions of a session that its client may need decided before it is back; inside a turn.</summary>
    /// <param name="clientId">The client identifier.</param>
    /// <param name="identity">Who is coming; of another user's session nothing is said.</param>
    public IReadOnlyList<AccessQuestion> UndecidedSubscriptions(string clientId, Identity? identity)
    {
        var questions = new List<AccessQuestion>();
        if (!_sessions.TryGetValue(clientId, out var session) || !string.Equals(session.UserName, identity?.UserName, StringComparison.Ordinal))
        {
            return questions;
        }

        var who = new Subject(clientId, identity);
        foreach (var subscription in session.Subscriptions.All)
        {
            if (TopicFilter.TryParse(subscription.Filter, out var filter)
                && Core.Access.IsUndecided(who, AccessAction.Subscribe, filter.Filter, subscription.QoS, retain: false))
            {
                questions.Add(new AccessQuestion(AccessAction.Subscribe, filter.Filter.ToArray(), subscription.QoS, retain: false));
            }
        }

        return questions;
    }

    /// <summary>A right that the policy has denied only because it is not decided.</summary>
    /// <param name="connection">Whose packet needs it.</param>
    /// <param name="action">Publish or Subscribe.</param>
    /// <param name="topic">As the broker knows it.</param>
    /// <param name="qos">Of the packet.</param>
    /// <param name="retain">Of the packet.</param>
    /// <returns>Undecided: ask, or, when that was done for this packet, it is a no.</returns>
    internal static AccessAnswer AnswerInHand(Connection connection, AccessAction action, ReadOnlySpan<byte> topic, QoS qos, bool retain) =>
        connection.Inquiry?.AnswerTo(action, topic, qos, retain) ?? AccessAnswer.Undecided;

    /// <summary>Asks the host, and puts the packet that is being handled off until it has answered.</summary>
    internal void Ask(Connection connection, IReadOnlyList<AccessQuestion> questions)
    {
        connection.Inquiry = new AccessInquiry(questions, NowMs);
        connection.IsAsking = true;
        Watch(connection);
        Core.World.Ask(connection, Index, connection.Inquiry);
    }

    /// <summary>The packet is handled whether or not the right is decided.</summary>
    private void HearAgain(Connection connection)
    {
        connection.IsAsking = false;
        ReadAgain(connection);
        Watch(connection);
    }

    /// <summary>Handles the packet that has waited for itself: the answers are not for those behind it.</summary>
    /// <returns>False: what is behind it is not to be handled now.</returns>
    private bool HandleAsked(Connection connection)
    {
        var tail = connection.Tail.Span;
        PacketFramer.TryRead(tail, connection.Version, Core.Limits.PacketSizeBytesMax, out _, out _, out var size, out _);
        var handled = Handle(connection, tail[..size]);
        if (connection.IsClosed)
        {
            connection.Tail.Clear();
            return false;
        }

        if (handled == 0)
        {
            return false;               // its rate does not allow it yet
        }

        connection.Inquiry = null;
        connection.Tail.Consume(handled);
        return connection.HasTail && !connection.IsSlowed;
    }
}
