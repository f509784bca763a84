using Godwit.Server.Hosting;
using Godwit.Server.Listeners;

namespace Godwit.Server.Configuration;

/// <summary>What is different in the next configuration.</summary>
/// <param name="Changes">Values outside of <c>Listeners</c>, in the order of the keys.</param>
/// <param name="Listeners">Listeners that are not exactly as they were. One is the same when its place is: a Unix socket, or addresses and port.</param>
public sealed record ConfigurationDifference(IReadOnlyList<ConfigurationChange> Changes, IReadOnlyList<ListenerChange> Listeners)
{
    private const string OtherSecret = "(another)";

    /// <summary>There is none.</summary>
    public bool IsEmpty => Changes.Count == 0 && Listeners.Count == 0;

    /// <summary>Compares two configurations.</summary>
    public static ConfigurationDifference Between(ServerOptions before, ServerOptions after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var changes = new List<ConfigurationChange>();
        foreach (var key in ConfigurationKeys.All.Where(key => !IsOfListener(key)))
        {
            changes.AddRange(ChangesOf(key, before, after));
        }

        return new ConfigurationDifference(changes, OfListeners(before.ListenersInForce, after.ListenersInForce));
    }

    /// <summary>Its values in an array stand and fall with the array: they are no keys of their own that could be copied.</summary>
    internal static bool IsOfListener(ConfigurationKey key) => key.Path.StartsWith(ListenerSection.Path + ":", StringComparison.Ordinal);

    private static IEnumerable<ConfigurationChange> ChangesOf(ConfigurationKey key, ServerOptions before, ServerOptions after)
    {
        var places = ConfigurationKeys.IndicesOf(key, before).Concat(ConfigurationKeys.IndicesOf(key, after))
            .DistinctBy(indices => ConfigurationKeys.PathOf(key, indices), StringComparer.Ordinal);
        foreach (var indices in places)
        {
            var (old, next) = (key.Show(before, indices), key.Show(after, indices));
            if (!string.Equals(old, next, StringComparison.Ordinal))
            {
                var (seen, nextSeen) = (key.Hide(old), key.Hide(next));
                yield return new ConfigurationChange(ConfigurationKeys.PathOf(key, indices), seen, string.Equals(seen, nextSeen, StringComparison.Ordinal) ? OtherSecret : nextSeen, key.IsHot);
            }
        }
    }

    /// <summary>Compares listeners.</summary>
    /// <param name="before">Those that are there.</param>
    /// <param name="after">Those that are to be there.</param>
    internal static IReadOnlyList<ListenerChange> OfListeners(IReadOnlyList<ListenerOptions> before, IReadOnlyList<ListenerOptions> after)
    {
        var changes = new List<ListenerChange>();
        var left = after.ToList();
        foreach (var old in before)
        {
            var next = left.Find(candidate => IsSame(old, candidate));
            if (next is null)
            {
                changes.Add(new ListenerChange(ListenerChangeKind.Closed, old, null, []));
                continue;
            }

            left.Remove(next);
            var (different, reopens) = Compare(old, next);
            if (different.Count > 0)
            {
                changes.Add(new ListenerChange(reopens ? ListenerChangeKind.Reopened : ListenerChangeKind.Changed, old, next, different));
            }
        }

        changes.AddRange(left.Select(next => new ListenerChange(ListenerChangeKind.Opened, null, next, [])));
        return changes;
    }

    /// <summary>They have the same place: that is what makes one listener.</summary>
    internal static bool IsSame(ListenerOptions a, ListenerOptions b) => a.UnixPath is not null || b.UnixPath is not null
        ? string.Equals(a.UnixPath, b.UnixPath, StringComparison.Ordinal)
        : a.Port == b.Port && a.Addresses.Order(AddressOrder).SequenceEqual(b.Addresses.Order(AddressOrder));

    private static Comparer<System.Net.IPAddress> AddressOrder { get; } =
        Comparer<System.Net.IPAddress>.Create((x, y) => string.CompareOrdinal(x.ToString(), y.ToString()));

    /// <summary>The values of two listeners. TLS that comes or goes is a change that closes it: its certificates alone are not.</summary>
    private static (IReadOnlyList<ConfigurationChange> Changes, bool Reopens) Compare(ListenerOptions a, ListenerOptions b)
    {
        var (before, after) = (new ServerOptions(), new ServerOptions());
        before.Listeners.Add(a);
        after.Listeners.Add(b);
        var changes = new List<ConfigurationChange>();
        var reopens = a.Tls is null != b.Tls is null;
        if (reopens)
        {
            changes.Add(new ConfigurationChange("Listeners:0:Tls", a.Tls is null ? "" : "on", b.Tls is null ? "" : "on", IsHot: true));
        }

        // It is the same place, so addresses differ at most in their order.
        foreach (var key in ConfigurationKeys.All.Where(key => IsOfListener(key) && key.Name is not nameof(ListenerOptions.Addresses)))
        {
            var count = changes.Count;
            changes.AddRange(ChangesOf(key, before, after));
            reopens |= key.Reopens && changes.Count > count;
        }

        return ([.. changes.Select(change => change with { Path = change.Path[(ListenerSection.Path.Length + 3)..] })], reopens);
    }
}
