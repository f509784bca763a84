using Godwit.Server.Hosting;
using Godwit.Server.Security.Authentication;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Server.Configuration;

/// <summary>Clients whose login would not hold any more, on listeners that stay.</summary>
/// <param name="Users">Users of files that are gone, or have another password.</param>
/// <param name="AnonymousOf">Listeners, in words, that would let anonymous clients in no longer.</param>
public sealed record Departures(IReadOnlyList<string> Users, IReadOnlyList<string> AnonymousOf)
{
    /// <summary>There are none.</summary>
    public static Departures None { get; } = new([], []);

    /// <summary>Compares two configurations, and the files of users that they name. What other sources would say is not known.</summary>
    /// <exception cref="AuthenticationFileException">The users of one cannot be read.</exception>
    public static Departures Between(ServerOptions before, ServerOptions after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        using var users = new AuthenticationService(before.Authentication, before.ListenersInForce, TimeProvider.System, NullLogger.Instance);
        var open = before.ListenersInForce.Where(listener => users.StillAdmits(userName: null, listener)).ToList();
        users.Reload(after.Authentication, after.ListenersInForce);
        var closing = open
            .Select(old => (Old: old, Next: after.ListenersInForce.FirstOrDefault(next => ConfigurationDifference.IsSame(old, next))))
            .Where(pair => pair.Next is not null && !users.StillAdmits(userName: null, pair.Next))
            .Select(pair => ListenerChecks.Place(pair.Old));
        return new Departures([.. users.Departed.Order(StringComparer.Ordinal)], [.. closing]);
    }
}
