using System.Globalization;
using Godwit.Compare.Loads;

namespace Godwit.Compare.Generators;

/// <summary>mqload, a load generator in C that belongs to no broker.</summary>
/// <param name="file">The executable.</param>
internal sealed class Mqload(string file) : IGenerator
{
    /// <inheritdoc/>
    public string Name => "mqload";

    /// <inheritdoc/>
    public string File => file;

    /// <inheritdoc/>
    public IReadOnlyList<string> Arguments(Load load, int port, int brokerId)
    {
        if (load.OpenLoopRate > 0)
        {
            throw new ArgumentException("mqload counts from when a message was sent: it has no open loop", nameof(load));
        }

        string[] common = ["--host", "127.0.0.1", "--port", Text(port), "--broker-pid", Text(brokerId)];
        string[] shape = ["--pubs", Text(load.Publishers), "--subs", Text(load.Subscribers), "--topics", Text(load.Topics), "--payload", Text(load.PayloadBytes), "--qos", Text(load.Qos)];
        string[] time = ["--duration", Text(load.Seconds), "--warmup", Text(load.WarmUpSeconds)];
        string[] settle = ["--settle", Text(load.SettleSeconds)];
        string[] rate = load.RatePerPublisher > 0 ? ["--rate", Text(load.RatePerPublisher)] : [];
        return load.Mode switch
        {
            LoadMode.PubSub => ["pubsub", .. common, .. shape, "--window", Text(load.Window), .. rate, .. time],
            LoadMode.Connections => ["conns", .. common, "--subs", Text(load.Subscribers), "--own-topic", "--hold", Text(load.Seconds)],
            LoadMode.Retained => ["retained", .. common, .. shape, .. settle],
            LoadMode.Wild => ["wild", .. common, .. shape, .. time],
            LoadMode.Queue => ["queue", .. common, .. shape, "--count", Text(load.Count), .. settle],
            _ => throw new ArgumentOutOfRangeException(nameof(load)),
        };
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
