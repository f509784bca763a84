namespace Godwit.Broker;

/// <summary>Finds the name a person probably meant.</summary>
public static class NearestName
{
    /// <summary>The candidate with the smallest edit distance, letters compared without case.</summary>
    /// <param name="name">What was typed.</param>
    /// <param name="candidates">At least one name.</param>
    public static string Of(string name, IEnumerable<string> candidates) =>
        candidates.MinBy(candidate => Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant()))!;

    /// <summary>Levenshtein distance: insertions, deletions and replacements, one each.</summary>
    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, 1 + Math.Min(previous[j], current[j - 1]));
            }

            previous = current;
        }

        return previous[b.Length];
    }
}
