using System.Globalization;

namespace Godwit.Kills.Interference;

/// <summary>What the store's own work costs those who wait for acknowledgements: compaction, the scrub, an online backup.</summary>
internal static class InterferenceBench
{
    /// <summary>Runs as bench/durability-interference.</summary>
    /// <returns>0: every ratio is as it should be; 1: not so; 2: the arguments are wrong.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output)
    {
        if (InterferenceOptions.Read(arguments, out var error) is not { } options)
        {
            await output.WriteLineAsync($"durability-interference: {error}");
            return 2;
        }

        var report = await RunAsync(options, round => output.WriteLineAsync(round), CancellationToken.None);
        await output.WriteLineAsync(report.ToString());
        return report.IsGood ? 0 : 1;
    }

    /// <summary>Measures every phase in every round, each round beginning with another one.</summary>
    public static async Task<InterferenceReport> RunAsync(InterferenceOptions options, Func<string, Task> onPhase, CancellationToken ct)
    {
        var figures = options.Phases.ToDictionary(phase => phase, _ => new List<PhaseFigures>());
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var i = 0; i < options.Phases.Count; i++)
            {
                var phase = options.Phases[(round + i) % options.Phases.Count];
                var directory = Directory.CreateTempSubdirectory("godwit-interference-").FullName;
                try
                {
                    var one = await new InterferenceRun(phase, options, directory).RunAsync(ct);
                    figures[phase].Add(one);
                    await onPhase(string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {phase,-17} {one.Closed,28} {one.Open,28}   {one.Memory.Start / 1e6,5:0} to {one.Memory.End / 1e6,5:0} MB"));
                }
                finally
                {
                    Directory.Delete(directory, recursive: true);
                }
            }
        }

        return new InterferenceReport(options, figures);
    }
}
