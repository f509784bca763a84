using System.Globalization;
using Godwit.Compare.Brokers;
using Godwit.Compare.Running;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Compare.Idle;

/// <summary>bench/idle.</summary>
internal static class IdleCommand
{
    /// <summary>Reads arguments, measures, reports.</summary>
    /// <returns>An exit code: 1 when something is missed.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (IdleOptions.Read(arguments, out var error) is not { } options)
        {
            await errors.WriteLineAsync($"bench/idle: {error}");
            return ExitCodes.Usage;
        }

        var missing = !OperatingSystem.IsLinux() ? "memory and threads are read from /proc, which only Linux has"
            : Programs.Find("mosquitto") is null ? "mosquitto is not installed: apt-get install mosquitto"
            : !File.Exists(GodwitProgram.Path) ? $"'{GodwitProgram.Path}' is not there: build it, or set GODWIT_EXE"
            : "";
        if (missing.Length > 0)
        {
            await errors.WriteLineAsync($"bench/idle: {missing}");
            return ExitCodes.Usage;
        }

        var tools = new Tools(GodwitProgram.Path, Programs.Find("mosquitto")!, Relay: null);
        return await Interruptible.RunAsync("bench/idle", errors, async ct =>
        {
            var report = await MeasureAsync(options, tools, errors, ct);
            await output.WriteAsync(IdleText.Tables(report));
            if (options.Json is { } json)
            {
                await File.WriteAllTextAsync(json, IdleJson.Write(report), ct);
            }

            if (options.Page is { } page)
            {
                await File.WriteAllTextAsync(page, IdleText.Page(report), ct);
            }

            return report.IsReached ? ExitCodes.Reached : ExitCodes.Missed;
        });
    }

    /// <summary>Measures everything and judges it.</summary>
    public static async Task<IdleReport> MeasureAsync(IdleOptions options, Tools tools, TextWriter progress, CancellationToken ct)
    {
        var godwit = await Child.RunAsync(tools.Godwit, ["--version"], TimeSpan.FromSeconds(30), ct);
        var mosquitto = await Child.RunAsync(tools.Mosquitto, ["-h"], TimeSpan.FromSeconds(30), ct);
        var run = string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Starts} starts; empty for {options.EmptySeconds} s after {options.SettleSeconds} s of rest; connections held for {options.HoldSeconds} s; {options.LimitSeconds} s within the limit");
        IReadOnlyList<(string, string)> circumstances =
            [.. Machine.Describe(), ("Godwit", godwit.Output.Trim()), ("mosquitto", mosquitto.Output.Split('\n')[0].Trim()), ("run", run)];
        return await new IdleRun(options, tools, progress).RunAsync(circumstances, ct);
    }
}
