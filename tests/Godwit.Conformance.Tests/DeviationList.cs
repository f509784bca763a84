using Godwit.Conformance.Running;

namespace Godwit.Conformance.Tests;

/// <summary>
/// What a broker is known to do against the specification. A line: version, name of the check, what the broker does, separated by
/// tabs. A name that begins with <c>?</c> stands for a check whose verdict differs from run to run.
/// </summary>
internal static class DeviationList
{
    /// <summary>By <see cref="Check.FullName"/>; true when the deviation is seen in every run.</summary>
    public static IReadOnlyDictionary<string, bool> Read(string text)
    {
        var list = new Dictionary<string, bool>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            var fields = line.Split('\t');
            Assert.True(fields.Length == 3 && fields[2].Length > 0, $"not version, check and deviation: {line}");
            list.Add($"{fields[0]} {fields[1].TrimStart('?')}", fields[1][0] != '?');
        }

        return list;
    }

    /// <summary>One sentence for each difference.</summary>
    public static IEnumerable<string> Compare(IReadOnlyDictionary<string, bool> known, IReadOnlyList<CheckResult> results)
    {
        var byName = results.ToDictionary(result => result.Check.FullName);
        foreach (var result in results.Where(result => result.Outcome is CheckOutcome.Failed or CheckOutcome.NotRun && !known.ContainsKey(result.Check.FullName)))
        {
            yield return $"not in the list: {result.Check.FullName}: sent {result.Sent}; expected {result.Expected}; came {result.Came}{result.Reason}\n  {string.Join("\n  ", result.Transcript)}";
        }

        foreach (var (name, isCertain) in known)
        {
            if (!byName.TryGetValue(name, out var result))
            {
                yield return $"in the list, but no check: {name}";
            }
            else if (isCertain && result.Outcome != CheckOutcome.Failed)
            {
                yield return $"in the list, but {result.Outcome}: {name}";
            }
        }
    }
}
