using Godwit.Protocol;

namespace Godwit.Broker.Sessions;

/// <summary>What an administrator sees of a session; a copy.</summary>
/// <param name="ClientId">The client identifier.</param>
/// <param name="UserName">Whose it is; null: nobody's in particular.</param>
/// <param name="IsConnected">Its client is there.</param>
/// <param name="Queued">QoS 1 and 2 messages on their way to it.</param>
/// <param name="Subscriptions">Topic Filters as subscribed, with the QoS granted.</param>
public sealed record SessionSummary(
    string ClientId, string? UserName, bool IsConnected, long Queued, IReadOnlyList<(string Filter, QoS QoS)> Subscriptions);
