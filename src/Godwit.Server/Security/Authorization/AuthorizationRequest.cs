using System.Net;
using Godwit.Broker.Security;
using Godwit.Protocol;

namespace Godwit.Server.Security.Authorization;

/// <summary>What a client wants to do.</summary>
/// <param name="ClientId">The client identifier.</param>
/// <param name="UserName">Who authentication says it is; null: anonymous.</param>
/// <param name="Groups">Groups that authentication has named.</param>
/// <param name="Address">Where the client is; null: not known.</param>
/// <param name="Listener">Name of the listener; null: it has none.</param>
/// <param name="Action">Publish, or Subscribe, which is to receive too.</param>
/// <param name="Topic">Topic Name, or Topic Filter without <c>$share</c>; with the mount point of the listener.</param>
/// <param name="QoS">Of the message or of the subscription.</param>
/// <param name="Retain">Of the message.</param>
public sealed record AuthorizationRequest(
    string ClientId,
    string? UserName,
    IReadOnlyList<string> Groups,
    IPAddress? Address,
    string? Listener,
    AccessAction Action,
    string Topic,
    QoS QoS,
    bool Retain)
{
    /// <summary>The action in one word, as services and databases see it.</summary>
    public string ActionWord => Action == AccessAction.Publish ? "publish" : "subscribe";
}
