using System.Globalization;
using System.Text.RegularExpressions;
using Godwit.Compare.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Compare.Overload;

/// <summary>Guessed passwords: the test of the floods measures it, in both transports, and here it is judged.</summary>
internal static partial class LoginsPart
{
    private const double ProcessorsMax = 1;
    private const double LoginMsMax = 500;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    public static async Task<IReadOnlyList<OverloadFigure>> MeasureAsync(CancellationToken ct)
    {
        var program = Path.Combine(Repository.Root, "tests", "Godwit.Floods", "bin", "Release", "net10.0", "Godwit.Floods");
        var rows = Path.Combine(Repository.Root, "artifacts", "logins.md");
        File.Delete(rows);
        var (output, lastWords) = await Child.RunAsync(program, ["--no-progress", "--no-ansi", "--filter-class", "*LoginFloods"], Limit, ct);
        var found = File.Exists(rows) ? File.ReadLines(rows).Select(row => Row().Match(row)).Where(match => match.Success).ToList() : [];
        if (found.Count == 0)
        {
            throw new InvalidOperationException($"the floods of logins did not run: {lastWords}{output[^Math.Min(300, output.Length)..]}");
        }

        return
        [
            new OverloadFigure("processors that the broker takes", "", Most("cpu"), Mosquitto: null, ProcessorsMax),
            new OverloadFigure("a good login, median", "ms", Most("login"), Mosquitto: null, LoginMsMax),
            new OverloadFigure("a good login, longest", "ms", Most("most"), Mosquitto: null, Max: null),
            new OverloadFigure("bad logins that were let in", "", 0, Mosquitto: null, Max: 0, output.Contains("failed: 0", StringComparison.Ordinal) ? "" : "the test has failed"),
        ];

        double Most(string group) => found.Max(match => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"; (?<cpu>[\d.]+) processors; a good login (?<login>\d+) ms \(most (?<most>\d+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();
}
