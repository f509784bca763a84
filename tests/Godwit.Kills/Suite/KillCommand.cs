using System.Globalization;
using Godwit.Kills.Brokers;

namespace Godwit.Kills.Suite;

/// <summary>A run as ./kills starts it.</summary>
internal static class KillCommand
{
    /// <summary>Runs what the arguments say.</summary>
    /// <returns>0: nothing was found; 1: something was; 2: the arguments are wrong.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output)
    {
        var parsed = KillArguments.Read(arguments, out var error);
        if (parsed is null)
        {
            await output.WriteLineAsync($"kills: {error}");
            return 2;
        }

        return await RunAsync(parsed, output);
    }

    private static async Task<int> RunAsync(KillArguments arguments, TextWriter output)
    {
        var directory = Directory.CreateTempSubdirectory("godwit-kills-").FullName;
        var isClean = false;
        try
        {
            var options = new KillOptions
            {
                Program = arguments.Broker == BrokerKind.Godwit
                    ? GodwitBroker.Program(arguments.Durability, arguments.Shards)
                    : MosquittoBroker.Program(arguments.SavesOnChanges),
                HasGarbage = arguments.HasGarbage,
                Version = arguments.Version,
                Kills = arguments.Kills,
                Seed = arguments.Seed,
                Directory = directory,
                Progress = line => output.WriteLine($"kills: {line}"),
            };
            var report = await KillRun.RunAsync(options, CancellationToken.None);
            await output.WriteLineAsync(report.ToString());
            isClean = report.Findings.Total == 0;
        }
        catch (Xunit.Sdk.XunitException exception)
        {
            await output.WriteLineAsync($"kills: seed {arguments.Seed}: {exception.Message}");
        }

        if (arguments.Keep || (!isClean && arguments.Broker == BrokerKind.Godwit))
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"kills: the data directory is kept: {directory}"));
        }
        else
        {
            Directory.Delete(directory, recursive: true);
        }

        return isClean ? 0 : 1;
    }
}
