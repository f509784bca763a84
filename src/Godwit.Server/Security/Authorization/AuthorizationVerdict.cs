namespace Godwit.Server.Security.Authorization;

/// <summary>The answer of an <see cref="IAuthorizer"/>.</summary>
/// <param name="IsAllowed">Whether it may be done; null: the next one is to be asked.</param>
/// <param name="Reason">For the log, never for the client: who says what, e.g. <c>http: denied</c>.</param>
public readonly record struct AuthorizationVerdict(bool? IsAllowed, string Reason)
{
    /// <summary>There is no answer: it counts as a no and is not remembered.</summary>
    public bool IsFailure { get; private init; }

    /// <summary>It may be done.</summary>
    public static AuthorizationVerdict Allow(string reason) => new(IsAllowed: true, reason);

    /// <summary>It may not be done; nobody else is asked.</summary>
    public static AuthorizationVerdict Deny(string reason) => new(IsAllowed: false, reason);

    /// <summary>It is not for this source to say.</summary>
    public static AuthorizationVerdict Ignore(string reason) => new(IsAllowed: null, reason);

    /// <summary>There is no answer: it counts as a no, is counted and said, and is not remembered.</summary>
    public static AuthorizationVerdict Fail(string reason) => new(IsAllowed: false, reason) { IsFailure = true };
}
