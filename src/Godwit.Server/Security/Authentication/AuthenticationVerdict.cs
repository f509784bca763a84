using Godwit.Broker.Security;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Server.Security.Authentication;

/// <summary>What one <see cref="IAuthenticator"/> says of a client. The default value is <see cref="Unknown"/> without a reason.</summary>
public readonly record struct AuthenticationVerdict
{
    private AuthenticationVerdict(ConnackReasonCode? code, Identity? identity, string reason)
    {
        Code = code;
        Identity = identity;
        Reason = reason;
    }

    /// <summary>Success: accepted. An error: refused, and nobody else is asked. Null: unknown here; the next one is asked.</summary>
    public ConnackReasonCode? Code { get; }

    /// <summary>Who it is, when accepted.</summary>
    public Identity? Identity { get; }

    /// <summary>A few words for the log; no secret.</summary>
    public string Reason { get; }

    /// <summary>Authentication Data of the last packet of the exchange; empty: none.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>When the identity ends; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Refused because the secret was wrong: counts as a failed login of this address and this user.</summary>
    public bool IsFailedLogin { get; init; }

    /// <summary>This is who it says.</summary>
    /// <param name="identity">Who. Its address and listener are filled in by the chain.</param>
    /// <param name="reason">A few words for the log.</param>
    public static AuthenticationVerdict Accept(Identity identity, string reason)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return new AuthenticationVerdict(ConnackReasonCode.Success, identity, reason);
    }

    /// <summary>User name or password are wrong: CONNACK 0x86 (3.x: 4), counted as a failed login.</summary>
    /// <param name="reason">A few words for the log; no secret.</param>
    public static AuthenticationVerdict WrongPassword(string reason) =>
        new(ConnackReasonCode.BadUserNameOrPassword, identity: null, reason) { IsFailedLogin = true };

    /// <summary>It may not come in, for another reason than a wrong secret: not authorised, or nobody could be asked.</summary>
    /// <param name="code">An error.</param>
    /// <param name="reason">A few words for the log; no secret.</param>
    public static AuthenticationVerdict Refuse(ConnackReasonCode code, string reason)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(code, ConnackReasonCode.Success);
        return new AuthenticationVerdict(code, identity: null, reason);
    }

    /// <summary>This one knows nothing of the client: the next one in the chain is asked.</summary>
    /// <param name="reason">A few words for the log.</param>
    public static AuthenticationVerdict Unknown(string reason) => new(code: null, identity: null, reason);
}
