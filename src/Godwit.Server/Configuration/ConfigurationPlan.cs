namespace Godwit.Server.Configuration;

/// <summary>What would happen if one configuration took the place of another.</summary>
public static class ConfigurationPlan
{
    /// <summary>User names in one line.</summary>
    private const int NamesMax = 10;

    /// <summary>Says it in lines.</summary>
    /// <param name="difference">What is different.</param>
    /// <param name="departures">Whose login it ends.</param>
    public static IEnumerable<string> Lines(ConfigurationDifference difference, Departures departures)
    {
        ArgumentNullException.ThrowIfNull(difference);
        ArgumentNullException.ThrowIfNull(departures);
        if (difference.IsEmpty)
        {
            yield return "Nothing would change.";
            yield break;
        }

        foreach (var change in difference.Changes)
        {
            yield return $"{change}  [{(change.IsHot ? "reload" : "restart")}]";
        }

        foreach (var listener in difference.Listeners)
        {
            yield return $"listener {listener.Place}: {Words(listener.Kind)}  [reload]";
            foreach (var change in listener.Changes)
            {
                yield return $"  {change}";
            }
        }

        var dropped = difference.Listeners.Where(listener => listener.DropsConnections).Select(listener => listener.Place).ToList();
        dropped.AddRange(departures.AnonymousOf.Select(place => $"anonymous clients on {place}"));
        if (departures.Users.Count > 0)
        {
            var more = departures.Users.Count > NamesMax ? $" and {departures.Users.Count - NamesMax} more" : "";
            dropped.Add($"users who are gone or have another password ({string.Join(", ", departures.Users.Take(NamesMax).Select(Logging.Printable.Escape))}{more})");
        }

        yield return dropped.Count == 0
            ? "A reload would drop no connection."
            : $"A reload would drop the connections of: {string.Join("; ", dropped)}. All others stay.";
        var gone = difference.Listeners.Where(listener => listener.Kind == ListenerChangeKind.Closed).Select(listener => ListenerChecks.Place(listener.Before!)).ToList();
        if (gone.Count > 0)
        {
            yield return $"Clients that use {string.Join("; ", gone)} do not come back.";
        }

        if (difference.Changes.Any(change => !change.IsHot))
        {
            yield return "What is marked restart stays as it was until the broker is started again, which drops every connection.";
        }
    }

    private static string Words(ListenerChangeKind kind) => kind switch
    {
        ListenerChangeKind.Opened => "would be opened",
        ListenerChangeKind.Changed => "would change; its connections stay",
        ListenerChangeKind.Closed => "would be closed; its connections drop",
        _ => "would be closed and opened anew; its connections drop",
    };
}
