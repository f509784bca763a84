using Godwit.Server.Listeners;

namespace Godwit.Server.Configuration;

/// <summary>What the next configuration does to one listener.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Before">Null: it is opened.</param>
/// <param name="After">Null: it is closed.</param>
/// <param name="Changes">The values that differ; none when it is opened or closed.</param>
public sealed record ListenerChange(ListenerChangeKind Kind, ListenerOptions? Before, ListenerOptions? After, IReadOnlyList<ConfigurationChange> Changes)
{
    /// <summary>Its connections are dropped.</summary>
    public bool DropsConnections => Kind is ListenerChangeKind.Closed or ListenerChangeKind.Reopened;

    /// <summary>Its name and its place.</summary>
    public string Place
    {
        get
        {
            var listener = After ?? Before!;
            return listener.Name is { } name ? $"{name} ({ListenerChecks.Place(listener)})" : ListenerChecks.Place(listener);
        }
    }
}
