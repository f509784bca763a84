using System.Text.RegularExpressions;

namespace Godwit.House.Rules;

/// <summary>
/// docs/requirements.md: what was asked for, row by row, and the tests that show it. The third column is written from the
/// <c>[Spec("R13")]</c> attributes; the fourth says in words what is still to come.
/// </summary>
public static partial class RequirementsTable
{
    /// <summary>Where it stands.</summary>
    public const string Path = "docs/requirements.md";

    /// <summary>The fourth column of a row whose tests are on their way; it gives place to the first of them.</summary>
    public const string BeingBuilt = "being built";

    /// <summary>Finds the tests that carry a row's number.</summary>
    /// <returns>Row to names in the form <c>TopicFilterTests.A_wildcard_stands_alone_in_its_level</c>, in ordinal order.</returns>
    public static SortedDictionary<string, SortedSet<string>> TestsByRow(IEnumerable<SourceFile> sources)
    {
        var rows = TaggedTests.ById(sources).Where(entry => entry.Key.StartsWith('R'));
        return new SortedDictionary<string, SortedSet<string>>(
            rows.ToDictionary(entry => entry.Key, entry => new SortedSet<string>(entry.Value.Select(test => test.Name), StringComparer.Ordinal)),
            StringComparer.Ordinal);
    }

    /// <summary>Looks at the table.</summary>
    /// <param name="table">The document.</param>
    /// <param name="tests">What <see cref="TestsByRow"/> found.</param>
    /// <returns>One sentence for each row that is missing, out of date, or neither shown nor planned.</returns>
    public static IEnumerable<string> Check(string table, SortedDictionary<string, SortedSet<string>> tests)
    {
        var rows = Row().Matches(table);
        var expected = Enumerable.Range(1, SpecTagRule.RequirementsCount).Select(number => $"R{number}").ToList();
        var found = rows.Select(row => row.Groups["row"].Value).ToList();
        if (!found.SequenceEqual(expected))
        {
            yield return $"{Path} must have the rows R1 to R{SpecTagRule.RequirementsCount}, each once and in order; it lacks "
                + string.Join(" ", expected.Except(found));
        }

        foreach (Match row in rows)
        {
            var name = row.Groups["row"].Value;
            var named = TestName().Matches(row.Groups["tests"].Value).Select(match => match.Groups[1].Value).ToList();
            var tagged = tests.TryGetValue(name, out var set) ? set : [];
            foreach (var test in named.Where(test => !tagged.Contains(test)))
            {
                yield return $"{Path}, {name}: there is no test {test} with [Spec(\"{name}\")]";
            }

            var missing = tagged.Except(named).ToList();
            if (missing.Count > 0)
            {
                yield return $"{Path}, {name}: {missing.Count} tests are not named, among them {missing[0]}";
            }

            if (named.Count > 0 && row.Groups["rest"].Value == BeingBuilt)
            {
                yield return $"{Path}, {name}: it has tests, and still says \"{BeingBuilt}\"";
            }

            if (named.Count == 0 && string.IsNullOrWhiteSpace(row.Groups["rest"].Value))
            {
                yield return $"{Path}, {name}: no test shows it, and nothing says which work will";
            }
        }
    }

    /// <summary>Writes the third column anew.</summary>
    /// <returns>The whole document.</returns>
    public static string Update(string table, SortedDictionary<string, SortedSet<string>> tests) =>
        Row().Replace(table, row =>
        {
            var name = row.Groups["row"].Value;
            var named = tests.TryGetValue(name, out var set) ? string.Join("<br>", set.Select(test => $"`{test}`")) : "";
            var rest = named.Length > 0 && row.Groups["rest"].Value == BeingBuilt ? "" : row.Groups["rest"].Value;
            return $"| {name} | {row.Groups["asked"].Value} | {named} | {rest} |";
        });

    [GeneratedRegex(@"^\| (?<row>R\d+) \| (?<asked>[^|\n]*) \| (?<tests>[^|\n]*?) ?\| (?<rest>[^|\n]*?) ?\|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex TestName();
}
