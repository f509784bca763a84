using System.Globalization;
using Godwit.Compare.Loads;

namespace Godwit.Compare.Generators;

/// <summary><c>godwit bench</c>, with MQTT 3.1.1.</summary>
/// <param name="file">The executable, or ./godwit.</param>
internal sealed class GodwitBench(string file) : IGenerator
{
    /// <inheritdoc/>
    public string Name => "godwit bench";

    /// <inheritdoc/>
    public string File => file;

    /// <inheritdoc/>
    public IReadOnlyList<string> Arguments(Load load, int port, int brokerId)
    {
        string[] common = ["-h", "127.0.0.1", "-p", Text(port), "-V", "311", "--broker-pid", Text(brokerId), "--json", "--quiet"];
        string[] shape = ["--fanout", $"{Text(load.Publishers)}:{Text(load.Subscribers)}", "--topics", Text(load.Topics), "-s", Text(load.PayloadBytes), "-q", Text(load.Qos)];
        string[] time = ["--duration", Seconds(load.Seconds), "--warmup", Seconds(load.WarmUpSeconds)];
        string[] settle = ["--settle", Seconds(load.SettleSeconds)];
        return load.Mode switch
        {
            LoadMode.PubSub => ["bench", "pubsub", .. common, .. shape, "-t", "bench/%i", "-F", Text(load.Window), .. Pace(load), .. time],
            LoadMode.Connections => ["bench", "conn", .. common, "-c", Text(load.Subscribers), "-t", "bench/%i", "--duration", Seconds(load.Seconds)],
            LoadMode.Retained => ["bench", "retained", .. common, .. shape, .. settle],
            LoadMode.Wild => ["bench", "wild", .. common, .. shape, .. time],
            LoadMode.Queue => ["bench", "queue", .. common, .. shape, "-L", Text(load.Count), .. settle],
            _ => throw new ArgumentOutOfRangeException(nameof(load)),
        };
    }

    private static string[] Pace(Load load) => load switch
    {
        { OpenLoopRate: > 0 } => ["--open-loop", Text(Math.Max(1, Math.Round(load.OpenLoopRate)))],
        { RatePerPublisher: > 0 } => ["-I", Text(1000.0 / load.RatePerPublisher)],
        _ => [],
    };

    private static string Seconds(double seconds) => Text(Math.Round(seconds * 1000)) + "ms";

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
