using Godwit.Broker.Security;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Server.Security.Authentication;

/// <summary>The answer to <see cref="IAuthentication.AuthenticateAsync"/>.</summary>
/// <param name="Code">Success, or the code of CONNACK (of DISCONNECT, when it was a re-authentication); 3.x clients get its return code.</param>
/// <param name="Identity">Who it is; null: anonymous, or refused.</param>
/// <param name="Reason">For the log, never for the client: who says what, e.g. <c>password file: wrong password</c>. Holds no secret.</param>
public readonly record struct AuthenticationResult(ConnackReasonCode Code, Identity? Identity, string Reason)
{
    /// <summary>The client may come in.</summary>
    public bool IsAccepted => Code == ConnackReasonCode.Success;

    /// <summary>The identifier to use instead of the client's own; null: its own.</summary>
    public string? ClientId { get; init; }

    /// <summary>Authentication Data of CONNACK, or of the last AUTH of a re-authentication; empty: none.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The right to publish the will of CONNECT, where it was asked about.</summary>
    internal AccessAnswer Will { get; init; }

    /// <summary>When the right to be here ends: the connection is then closed with DISCONNECT 0x87. Null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
