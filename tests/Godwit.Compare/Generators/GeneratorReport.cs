using System.Text.Json;

namespace Godwit.Compare.Generators;

/// <summary>The JSON object of a generator; that of <c>godwit bench</c> and that of mqload have the same fields as far as they are read here.</summary>
internal sealed class GeneratorReport
{
    private readonly JsonElement _json;

    private GeneratorReport(JsonElement json) => _json = json;

    /// <summary>Messages published a second while it was measured; 0: the mode has no such rate.</summary>
    public double SentPerSecond => Number("tx_rate") ?? 0;

    /// <summary>What must not happen, in words: messages lost, connections lost or refused. Empty: nothing.</summary>
    public string Faults => string.Join(", ", Words());

    /// <summary>CPU seconds that neither broker nor generator used, as far as the report has them.</summary>
    public double OtherCpuSeconds => new[] { "cpu", "open", "hold", "store", "deliver", "enqueue", "drain" }.Sum(part => Number(part + ".other_cpu_s") ?? 0);

    /// <summary>Reads what a generator printed.</summary>
    /// <param name="output">Its standard output; the last line that is not empty is the object.</param>
    /// <returns>Null: there is no such line.</returns>
    public static GeneratorReport? Read(string output)
    {
        var line = output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        if (line is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object ? new GeneratorReport(document.RootElement.Clone()) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>One number of the report.</summary>
    /// <param name="path">Names of fields; a name may itself have a '.', as p99.9 has.</param>
    /// <returns>Null: it is not there, or no number.</returns>
    public double? Number(string path)
    {
        var (outer, inner) = path.Split('.', 2) is [var first, var second] ? (first, second) : (path, null);
        if (!_json.TryGetProperty(outer, out var value) || (inner is not null && (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(inner, out value))))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
    }

    private IEnumerable<string> Words() =>
        from fault in new[] { ("lost", "lost"), ("dups", "duplicated"), ("failed_connects", "connections failed"), ("failed", "connections failed"), ("disconnects", "connections lost"), ("refused", "refused"), ("bad_acks", "wrong acknowledgements") }
        let number = Number(fault.Item1) ?? 0
        where number > 0
        select string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number:#,0} {fault.Item2}");
}
