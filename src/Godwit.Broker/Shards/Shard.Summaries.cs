using System.Text;
using Godwit.Broker.Sessions;

namespace Godwit.Broker.Shards;

/// <summary>What an administrator may look at.</summary>
public sealed partial class Shard
{
    /// <summary>All sessions of this shard as they are now. Inside a turn; it takes as long as there are sessions.</summary>
    public IReadOnlyList<SessionSummary> SummarizeSessions() => [.. _sessions.All.Select(Summarize)];

    private static SessionSummary Summarize(Session session) => new(
        session.ClientId,
        session.UserName,
        session.IsConnected,
        session.Backlog,
        [.. session.Subscriptions.All.Select(subscription => (Encoding.UTF8.GetString(subscription.Filter), subscription.QoS))]);
}
