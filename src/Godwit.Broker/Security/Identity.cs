using System.Net;

namespace Godwit.Broker.Security;

/// <summary>
/// Who a client is, as authentication has found. Immutable. In its place null stands for a client of whom nothing is known but its client
/// identifier; most anonymous clients are that, and cost nothing here.
/// </summary>
/// <remarks>A user name that CONNECT names and nobody has proved is not here: the host decides whether an unproved name counts.</remarks>
public sealed class Identity
{
    private Identity? _principal;

    /// <summary>The principal, whatever has proved it: a password, a certificate, a token; null is anonymous.</summary>
    public string? UserName { get; init; }

    /// <summary>Groups that authentication has named; rules may speak of them.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Where the client comes from; behind a trusted proxy what that says. Null: not known, so for a client that is away since before a restart.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>What the listener says about its clients; null: nothing. One object for all clients of a listener.</summary>
    public ListenerRules? Listener { get; init; }

    /// <summary>The host's own, e.g. topics that a token names; only the <see cref="IAccessPolicy"/> looks at it.</summary>
    public object? Rights { get; init; }

    /// <summary>The host's own: what it has found out about this client by asking. Only the <see cref="IAccessPolicy"/> looks at it.</summary>
    public object? Answers { get; init; }

    /// <summary>The same with nothing but the user name, as messages carry it; null for an anonymous client.</summary>
    internal Identity? Principal => _principal ??= Of(UserName);

    /// <summary>Someone of whom only the principal is known; null for nobody.</summary>
    internal static Identity? Of(string? userName) => userName is null ? null : new Identity { UserName = userName };
}
