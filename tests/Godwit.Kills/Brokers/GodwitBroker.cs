using System.Globalization;
using Godwit.Testing.Brokers;

namespace Godwit.Kills.Brokers;

/// <summary><c>godwit serve --data DIR</c>.</summary>
internal static class GodwitBroker
{
    /// <summary>Survives kill -9, a crash of the system and a power cut; what <c>--data</c> gives without another word.</summary>
    public const string Sync = "sync";

    /// <summary>Written to the file and flushed a little later: survives kill -9, and loses a moment at a power cut.</summary>
    public const string Interval = "interval";

    /// <summary>Written to the file and never flushed: survives kill -9 only.</summary>
    public const string Os = "os";

    /// <summary>Keeps nothing.</summary>
    public const string Memory = "memory";

    /// <summary>The queue of a subscriber that does not keep up: what is beyond its limit is dropped, which would look like a loss.</summary>
    public const string Boundless = "Limits:QueueBytesMax=1000000000000";

    /// <summary>The broker of this build with a number of shards, and queues without limit.</summary>
    /// <param name="durability">Of <c>--durability</c>.</param>
    /// <param name="shards">0: as many as it takes without being told.</param>
    public static BrokerProgram Program(string durability, int shards)
    {
        if (shards == 0)
        {
            return Program(durability, "--set", Boundless);
        }

        var count = shards.ToString(CultureInfo.InvariantCulture);
        return Program(durability, "--set", Boundless, "--shards", count) with { Name = $"godwit, durability {durability}, {count} shards" };
    }

    /// <summary>The broker of this build.</summary>
    /// <param name="durability">Of <c>--durability</c>.</param>
    /// <param name="more">Further arguments.</param>
    public static BrokerProgram Program(string durability, params IReadOnlyList<string> more) => new(
        $"godwit, durability {durability}",
        GodwitProgram.Require(),
        (port, data) =>
        [
            "serve", "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--quiet", "--data", data,
            "--durability", durability, .. more,
        ]);
}
