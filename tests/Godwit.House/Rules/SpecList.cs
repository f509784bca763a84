using System.Text;

namespace Godwit.House.Rules;

/// <summary>The lists in docs/ that tests refer to.</summary>
public static class SpecList
{
    /// <summary>All normative statements; those of 3.1.1 as <c>MQTT3-…</c>.</summary>
    public static IReadOnlyList<SpecRow> Statements { get; } =
        [.. Read("docs/normative.csv").Select(cells => new SpecRow(cells[1] == "5.0" ? cells[0] : "MQTT3" + cells[0][4..], cells[3], cells[5], ""))];

    /// <summary>What is different in MQTT 3.1.</summary>
    public static IReadOnlyList<SpecRow> Version31 { get; } = [.. Read("docs/normative-3.1.csv").Select(cells => new SpecRow(cells[0], cells[3], cells[5], ""))];

    /// <summary>Where brokers go wrong.</summary>
    public static IReadOnlyList<SpecRow> Traps { get; } = [.. Read("docs/traps.csv").Select(cells => new SpecRow(cells[0], "", cells[1], cells[2]))];

    /// <summary>What brought other brokers down.</summary>
    public static IReadOnlyList<SpecRow> HostileInput { get; } =
        [.. Read("docs/hostile-input.csv").Select(cells => new SpecRow(cells[0], "", $"{cells[1]}: {cells[2]}", cells[3]))];

    /// <summary>Statements that nobody can see from outside, with the reason.</summary>
    public static IReadOnlyDictionary<string, string> NotVisible { get; } = Read("docs/not-visible.csv").ToDictionary(cells => cells[0], cells => cells[1]);

    /// <summary>Splits a line of comma-separated values; a cell in quotation marks may hold commas, and doubled quotation marks.</summary>
    public static IReadOnlyList<string> Split(string line)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case '"' when isQuoted && i + 1 < line.Length && line[i + 1] == '"':
                    cell.Append('"');
                    i++;
                    break;

                case '"':
                    isQuoted = !isQuoted;
                    break;

                case ',' when !isQuoted:
                    cells.Add(cell.ToString());
                    cell.Clear();
                    break;

                default:
                    cell.Append(line[i]);
                    break;
            }
        }

        return [.. cells, cell.ToString()];
    }

    private static IEnumerable<IReadOnlyList<string>> Read(string path) =>
        Repository.Read(path).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Split);
}
