using System.Collections.Frozen;

namespace Godwit.Conformance.Running;

/// <summary>The normative statements of docs/normative.csv and docs/normative-3.1.csv, which are part of this assembly.</summary>
public static class Statements
{
    private static readonly FrozenDictionary<string, Statement> ById =
        Read("normative.csv").Concat(Read("normative-3.1.csv")).ToFrozenDictionary(statement => statement.Id, StringComparer.Ordinal);

    /// <summary>All, in the order of the lists.</summary>
    public static IReadOnlyCollection<Statement> All => ById.Values;

    /// <summary>The statement with this tag, e.g. <c>MQTT3-3.1.2-8</c>; null for a trap.</summary>
    public static Statement? Find(string id) => ById.GetValueOrDefault(id);

    private static IEnumerable<Statement> Read(string name)
    {
        using var stream = typeof(Statements).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(stream);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            // id,version,section,who,level,meaning: only the last may hold commas, and is then quoted.
            var fields = line.Split(',', 6);
            var id = string.Equals(fields[1], "3.1.1", StringComparison.Ordinal) ? fields[0].Replace("MQTT-", "MQTT3-", StringComparison.Ordinal) : fields[0];
            yield return new Statement(id, fields[1], fields[2], fields[3], fields[4], fields[5].Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal));
        }
    }
}
