using System.Text.Json;
using Godwit.Bench.Plans;
using Godwit.Bench.Runs;

namespace Godwit.Bench.Reports;

/// <summary>What one run is compared by: its rates and the 99th percentile of its latency. Read from the JSON of a run.</summary>
/// <param name="Rates">By field name; more is better.</param>
/// <param name="Latencies">p99 in microseconds by field name; less is better.</param>
/// <param name="Workload">What was asked for, by field name: two runs are comparable when it is the same.</param>
public sealed record Baseline(
    IReadOnlyDictionary<string, double> Rates,
    IReadOnlyDictionary<string, double> Latencies,
    IReadOnlyDictionary<string, string> Workload)
{
    private static readonly string[] RateNames = ["rx_rate", "tx_rate", "connect_rate", "store_rate", "enqueue_rate", "drain_rate"];
    private static readonly string[] LatencyNames = ["lat_us", "ack_us", "connack_us"];

    private static readonly string[] WorkloadNames =
        ["mode", "mqtt", "pubs", "subs", "topics", "qos", "payload", "window", "rate", "open_loop"];

    /// <summary>That of a result.</summary>
    public static Baseline Of(BenchResult result) => Parse(JsonReport.Write(result, withSamples: false));

    /// <summary>Reads the JSON of a run; of several lines the first object.</summary>
    /// <exception cref="BenchException">It is no such JSON.</exception>
    public static Baseline Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("mode", out _))
            {
                throw new BenchException("this is not what 'godwit bench --json' prints.");
            }

            var rates = RateNames.Where(name => NumberOf(root, name) > 0).Take(1).ToDictionary(name => name, name => NumberOf(root, name), StringComparer.Ordinal);
            if (NumberOf(root, "drain_rate") is > 0 and var drain)
            {
                rates["drain_rate"] = drain;
            }

            var isConn = rates.ContainsKey("connect_rate");
            var latencies = LatencyNames.Where(name => isConn == string.Equals(name, "connack_us", StringComparison.Ordinal)).Where(name => HasP99(root, name)).Take(1).ToDictionary(name => name, name => NumberOf(root.GetProperty(name), "p99"), StringComparer.Ordinal);
            var workload = WorkloadNames.ToDictionary(name => name, name => root.TryGetProperty(name, out var value) ? value.ToString() : "", StringComparer.Ordinal);
            return new Baseline(rates, latencies, workload);
        }
        catch (JsonException exception)
        {
            throw new BenchException("this is not what 'godwit bench --json' prints.", exception);
        }
    }

    private static bool HasP99(JsonElement root, string name) =>
        root.TryGetProperty(name, out var latency) && latency.ValueKind == JsonValueKind.Object && latency.TryGetProperty("p99", out _);

    private static double NumberOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;
}
