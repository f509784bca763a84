namespace Godwit.Server.Configuration;

/// <summary>What would happen if one configuration took the place of another.</summary>
public static class ConfigurationPlan
{
    /// <summary>Says it in lines.</summary>
    public static IEnumerable<string> Lines(ConfigurationDifference difference)
    {
        ArgumentNullException.ThrowIfNull(difference);
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
