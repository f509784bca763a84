using Godwit.Broker.Security;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Shards;

/// <summary>
/// Answers of the host to <see cref="IShardWorld.Reauthenticate"/> (5.0 §4.12.1). Called on the shard's thread, so by a <see cref="HostCall"/>; for a
/// connection that has ended meanwhile they do nothing.
/// </summary>
public sealed partial class Shard
{
    /// <summary>Says who those are of whom nothing was known when they connected; inside a turn.</summary>
    internal void Identify(Func<Connection, Identity?> identityOf)
    {
        foreach (var session in _sessions.All)
        {
            if (session.Connection is { UserName: null, Identity: null or { Address: null } } connection && identityOf(connection) is { } identity)
            {
                connection.Identity = identity;
                session.Identity = identity;
            }
        }
    }

    /// <summary>The method needs another step of the client: AUTH with Continue.</summary>
    /// <param name="connection">Whose host was asked.</param>
    /// <param name="data">Authentication Data; may be empty.</param>
    public void ContinueAuthentication(Connection connection, ReadOnlySpan<byte> data)
    {
        if (IsAsked(connection))
        {
            connection.AuthenticationStep = AuthenticationStep.AwaitingClient;
            WriteAuth(connection, AuthReasonCode.ContinueAuthentication, data);         // [MQTT-4.12.0-2]
        }
    }

    /// <summary>The client is who it says: from now on the new identity holds. A session stays with its principal, so another user is sent away.</summary>
    /// <param name="connection">Whose host was asked.</param>
    /// <param name="identity">The new identity; its listener is the old one's.</param>
    /// <param name="data">Authentication Data; may be empty.</param>
    public void CompleteAuthentication(Connection connection, Identity? identity, ReadOnlySpan<byte> data)
    {
        if (!IsAsked(connection))
        {
            return;
        }

        var session = connection.Session!;
        if (session.UserName is { } owner && !string.Equals(owner, identity?.UserName, StringComparison.Ordinal))
        {
            FailAuthentication(connection, DisconnectReasonCode.NotAuthorized, "the session belongs to another user");
            return;
        }

        var isNewOwner = session.UserName is null && identity?.UserName is not null;
        connection.AuthenticationStep = AuthenticationStep.None;
        connection.Identity = identity;
        session.Identity = identity;
        if (isNewOwner && session.No != 0)
        {
            Lifetimes.Record(session);
        }

        WriteAuth(connection, AuthReasonCode.Success, data);
    }

    /// <summary>The client is not who it says, or not known any more. [MQTT-4.12.1-2]</summary>
    /// <param name="connection">Whose host was asked.</param>
    /// <param name="code">Mostly NotAuthorized.</param>
    /// <param name="words">For people.</param>
    public void FailAuthentication(Connection connection, DisconnectReasonCode code, string words)
    {
        if (IsAsked(connection))
        {
            Close(connection, CloseReason.AuthenticationFailed, code, words);
        }
    }

    private static bool IsAsked(Connection connection) => !connection.IsClosed && connection.AuthenticationStep == AuthenticationStep.AwaitingHost;

    private void WriteAuth(Connection connection, AuthReasonCode code, ReadOnlySpan<byte> data)
    {
        var properties = new PropertyWriter(stackalloc byte[256]);
        properties.Add(PropertyId.AuthenticationMethod, connection.AuthenticationMethod);       // [MQTT-4.12.0-5]
        if (!data.IsEmpty)
        {
            properties.Add(PropertyId.AuthenticationData, data);
        }

        Write(connection, new AuthPacket { ReasonCode = code, Properties = properties.Block });
        properties.Dispose();
    }
}
