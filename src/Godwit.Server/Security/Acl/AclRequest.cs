using Godwit.Broker.Security;
using Godwit.Protocol;

namespace Godwit.Server.Security.Acl;

/// <summary>One question to the rules.</summary>
internal readonly struct AclRequest
{
    /// <summary>Asks about one action.</summary>
    public AclRequest(in Subject who, AclActions action, QoS qos, bool retain)
    {
        ClientId = who.ClientId;
        Identity = who.Identity;
        Action = action;
        QoS = qos;
        Retain = retain;
    }

    /// <summary>Who.</summary>
    public string ClientId { get; }

    /// <summary>As whom; null: anonymous, and nothing else is known.</summary>
    public Identity? Identity { get; }

    /// <summary>As whom; null without a user name.</summary>
    public string? UserName => Identity?.UserName;

    /// <summary>One of publish, subscribe and receive.</summary>
    public AclActions Action { get; init; }

    /// <summary>Of the message; of the subscription when it subscribes.</summary>
    public QoS QoS { get; init; }

    /// <summary>Of the message.</summary>
    public bool Retain { get; init; }

    /// <summary>
    /// It is about what the client did some time ago, perhaps before a restart: where it came from and its groups may not be known any more.
    /// Then they count in its favour: they were looked at when it did it.
    /// </summary>
    public bool IsPast { get; init; }

    /// <summary>Rules that are on trial are passed by.</summary>
    public bool SkipsTrials { get; init; }
}
