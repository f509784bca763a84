using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Godwit.House.Rules;

/// <summary>
/// docs/spec-map.md: each statement, the code that names it, the tests that show it, and how it stands. The page is written from
/// the tags; nobody edits it.
/// </summary>
public sealed partial class SpecMap
{
    /// <summary>Where it stands.</summary>
    public const string Path = "docs/spec-map.md";

    private const int TestsShownMax = 4;
    private const string Head = """
        # The map of the specification

        Each normative statement of MQTT 5.0 and 3.1.1, each difference of MQTT 3.1, the traps that brokers fall into, and the input
        that brought other brokers down: with the code that names it and the tests that show it. `godwit conformance` runs the
        checks (classes whose names end with *Checks*) against any broker. *Black box* means that a test sees it over a socket, as a
        client does.

        This page is written by `GODWIT_WRITE_DOCS=1 ./test House` from the tags in the code and in the tests. Statements that cannot
        be seen from outside are listed with the reason in [not-visible.csv](not-visible.csv).

        """;

    private readonly SortedDictionary<string, SortedSet<TaggedTest>> _tests;
    private readonly Dictionary<string, SortedSet<string>> _code;
    private readonly IReadOnlyDictionary<string, string> _notVisible;

    /// <summary>Reads the tags.</summary>
    /// <param name="sources">All source files.</param>
    /// <param name="notVisible">Id to the reason why nobody can see it.</param>
    public SpecMap(IReadOnlyList<SourceFile> sources, IReadOnlyDictionary<string, string> notVisible)
    {
        _notVisible = notVisible;
        _tests = TaggedTests.ById(sources);
        _code = sources
            .Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal) && !file.Path.StartsWith("src/Godwit.Conformance/", StringComparison.Ordinal))
            .SelectMany(file => Tag().Matches(file.Text).Select(match => (Id: match.Groups[1].Value, File: file.Path[(file.Path.LastIndexOf('/') + 1)..])))
            .GroupBy(tag => tag.Id)
            .ToDictionary(group => group.Key, group => new SortedSet<string>(group.Select(tag => tag.File), StringComparer.Ordinal));
    }

    /// <summary>The whole page.</summary>
    public string Write()
    {
        var page = new StringBuilder(Head);
        WriteStatements(page, "MQTT 5.0", [.. SpecList.Statements.Where(row => row.Id.StartsWith("MQTT-", StringComparison.Ordinal))]);
        WriteStatements(page, "MQTT 3.1.1", [.. SpecList.Statements.Where(row => row.Id.StartsWith("MQTT3-", StringComparison.Ordinal))]);
        WriteStatements(page, "MQTT 3.1, where it differs from 3.1.1", SpecList.Version31);
        WriteRows(page, "Traps", "trap", SpecList.Traps);
        WriteRows(page, "Hostile input", "row", SpecList.HostileInput);
        return page.ToString();
    }

    /// <summary>Looks for statements without a test.</summary>
    /// <returns>One sentence for each.</returns>
    public IEnumerable<string> Check()
    {
        foreach (var row in SpecList.Statements.Concat(SpecList.Version31).Where(row => row.BindsServer))
        {
            var isShown = TestsOf(row.Id).Any(test => test.IsBlackBox);
            if (!isShown && !_notVisible.ContainsKey(row.Id))
            {
                yield return $"{row.Id} binds a server and has neither a black-box test nor a reason in docs/not-visible.csv: {row.Meaning}";
            }
            else if (isShown && _notVisible.ContainsKey(row.Id))
            {
                yield return $"{row.Id} has a black-box test, and docs/not-visible.csv says that nobody can see it";
            }
        }

        foreach (var row in SpecList.Traps.Concat(SpecList.HostileInput).Where(row => row.WaitsFor.Length == 0 && TestsOf(row.Id).Count == 0))
        {
            yield return $"{row.Id} has no test: {row.Meaning}";
        }

        var ids = SpecList.Statements.Concat(SpecList.Version31).Select(row => row.Id).ToHashSet();
        foreach (var id in _notVisible.Keys.Where(id => !ids.Contains(id)))
        {
            yield return $"docs/not-visible.csv names {id}, which does not exist";
        }
    }

    private void WriteStatements(StringBuilder page, string title, IReadOnlyList<SpecRow> rows)
    {
        var server = rows.Where(row => row.BindsServer).ToList();
        page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n{rows.Count} statements; {server.Count} bind a server: ");
        page.Append(CultureInfo.InvariantCulture, $"{server.Count(row => TestsOf(row.Id).Any(test => test.IsBlackBox))} have black-box tests, ");
        page.Append(CultureInfo.InvariantCulture, $"{server.Count(row => _notVisible.ContainsKey(row.Id))} cannot be seen from outside.\n\n");
        page.Append("| statement | binds | meaning | code | tests | status |\n|---|---|---|---|---|---|\n");
        foreach (var row in rows)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {row.Id} | {row.Who} | {Cell(row.Meaning)} | {CodeOf(row.Id)} | {Names(row.Id)} | {StatusOf(row)} |\n");
        }
    }

    private void WriteRows(StringBuilder page, string title, string kind, IReadOnlyList<SpecRow> rows)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| {kind} | what | tests | status |\n|---|---|---|---|\n");
        foreach (var row in rows)
        {
            var status = TestsOf(row.Id).Count > 0 ? "shown" : $"comes with: {row.WaitsFor}";
            page.Append(CultureInfo.InvariantCulture, $"| {row.Id} | {Cell(row.Meaning)} | {Names(row.Id)} | {status} |\n");
        }
    }

    private string StatusOf(SpecRow row)
    {
        if (_notVisible.TryGetValue(row.Id, out var reason))
        {
            return $"not visible: {Cell(reason)}";
        }

        var tests = TestsOf(row.Id);
        return (row.BindsServer, tests) switch
        {
            (true, _) => tests.Any(test => test.IsBlackBox) ? "black box" : "**missing**",
            (false, { Count: > 0 }) => "client: tested",
            _ => "client: with the client library",
        };
    }

    private string CodeOf(string id) => _code.TryGetValue(id, out var files) ? string.Join("<br>", files.Select(file => $"`{file}`")) : "";

    private string Names(string id)
    {
        var tests = TestsOf(id);
        var names = string.Join("<br>", tests.Take(TestsShownMax).Select(test => $"`{test.Name}`"));
        return tests.Count > TestsShownMax ? string.Create(CultureInfo.InvariantCulture, $"{names}<br>and {tests.Count - TestsShownMax} more") : names;
    }

    private SortedSet<TaggedTest> TestsOf(string id) => _tests.TryGetValue(id, out var tests) ? tests : [];

    private static string Cell(string text) => text.Replace("|", "\\|").Replace("<", "&lt;").Replace("*", "\\*").Replace("_", "\\_");

    [GeneratedRegex(@"\[(MQTT(?:31?)?-[0-9][^\]\n]*)\]")]
    private static partial Regex Tag();
}
