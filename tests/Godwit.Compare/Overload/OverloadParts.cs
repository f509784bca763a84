using System.Diagnostics;
using System.Globalization;
using Godwit.Compare.Brokers;

namespace Godwit.Compare.Overload;

/// <summary>The parts by name.</summary>
internal static class OverloadParts
{
    /// <summary>Their headings.</summary>
    public static IReadOnlyDictionary<string, string> Titles { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["flood"] = "A flood of publishes within 512 MB",
        ["flooder"] = "One flooder, and others",
        ["sockets"] = "10,000 sockets that say nothing",
        ["tls"] = "10,000 idle clients over TLS",
        ["logins"] = "1,000 bad logins a second",
        ["storm"] = "15,000 clients come back within 10 seconds",
        ["kill"] = "Killed, and back",
        ["rotation"] = "200 TLS handshakes a second over ten changes of the certificate",
    };

    /// <summary>What is done in each.</summary>
    public static IReadOnlyDictionary<string, string> Words { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["flood"] = "Four clients send 10 GB of QoS 1 messages of 60 KB, or as much as is taken in 40 seconds, to 30 sessions whose clients are away and to ten\nclients that read 640 KB a second. Queues have their default limits. Another client sends itself a message every 10 ms all the while.",
        ["flooder"] = "A client sends itself a message every 10 ms, first alone, then beside one that sends QoS 0 messages of 100 bytes as fast as they are taken.",
        ["sockets"] = "Connections without CONNECT, held by another process; a client sends itself a message every 10 ms meanwhile. Godwit's time for CONNECT is raised,\nor it would have closed them.",
        ["tls"] = "MQTT clients over TLS 1.3 with an ECDSA certificate, held by another process.",
        ["logins"] = "Passwords hashed with PBKDF2-SHA-512 of 210,000 rounds; the guesses come from one address, good users log in meanwhile from another. The longer of both transports.",
        ["storm"] = "Sessions with a subscription and a QoS 1 message that waits; their connections are cut and come back evenly within 10 seconds, in a control group\nof 512 MB. Every session has to be there, and every message has to come.",
        ["kill"] = "A store with 200 sessions and 1,000 retained messages; from the start of the new process to CONNACK.",
        ["rotation"] = "Files are exchanged once a second and SIGHUP is sent; whole handshakes with CONNECT at fixed times, none may fail.",
    };

    /// <summary>Measures one.</summary>
    public static async Task<IReadOnlyList<OverloadFigure>> MeasureAsync(string part, OverloadOptions options, Tools tools, TextWriter progress, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        await progress.WriteLineAsync($"bench/overload: {Titles[part]} ...");
        var figures = part switch
        {
            "flood" => await new FloodPart(options, tools).MeasureAsync(ct),
            "flooder" => await new FlooderPart(options, tools).MeasureAsync(ct),
            "sockets" => await new CrowdPart(options, tools).SilentAsync(ct),
            "tls" => await new CrowdPart(options, tools).TlsAsync(ct),
            "logins" => await LoginsPart.MeasureAsync(ct),
            "storm" => await new StormPart(options, tools).MeasureAsync(ct),
            "kill" => await new KillPart(options, tools).MeasureAsync(ct),
            _ => await new RotationPart(options, tools).MeasureAsync(ct),
        };
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"bench/overload: {clock.Elapsed.TotalSeconds:0} s"));
        return figures;
    }
}
