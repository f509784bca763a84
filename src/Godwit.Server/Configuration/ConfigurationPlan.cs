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
            yield return $"listener {listener.Place}: {Words(listener.Kind)}  [restart]";
            foreach (var change in listener.Changes)
            {
                yield return $"  {change}";
            }
        }

        yield return "A reload would drop no connection.";
        if (difference.Listeners.Count > 0 || difference.Changes.Any(change => !change.IsHot))
        {
            yield return "What is marked restart stays as it was until the broker is started again, which drops every connection.";
        }

        var gone = difference.Listeners.Where(listener => listener.Kind == ListenerChangeKind.Closed).Select(listener => ListenerChecks.Place(listener.Before!)).ToList();
        if (gone.Count > 0)
        {
            yield return $"After that, clients that use {string.Join("; ", gone)} do not come back.";
        }
    }

    private static string Words(ListenerChangeKind kind) => kind switch
    {
        ListenerChangeKind.Opened => "would be opened",
        ListenerChangeKind.Closed => "would be closed",
        _ => "would be closed and opened again",
    };
}
