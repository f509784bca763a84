using Godwit.Compare.Brokers;
using Godwit.Compare.Judging;
using Godwit.Compare.Running;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Compare.Overload;

/// <summary>bench/overload.</summary>
internal static class OverloadCommand
{
    /// <summary>Reads arguments, measures, reports.</summary>
    /// <returns>An exit code: 1 when something is missed.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (OverloadOptions.Read(arguments) is not { } options)
        {
            await errors.WriteLineAsync($"bench/overload: '{string.Join(' ', arguments)}' is not understood; see --help");
            return ExitCodes.Usage;
        }

        var missing = !OperatingSystem.IsLinux() ? "memory and CPU time are read from /proc, which only Linux has"
            : Programs.Find("mosquitto") is null ? "mosquitto is not installed: apt-get install mosquitto"
            : !File.Exists(GodwitProgram.Path) ? $"'{GodwitProgram.Path}' is not there: build it, or set GODWIT_EXE"
            : "";
        if (missing.Length > 0)
        {
            await errors.WriteLineAsync($"bench/overload: {missing}");
            return ExitCodes.Usage;
        }

        var tools = new Tools(GodwitProgram.Path, Programs.Find("mosquitto")!, Relay: null);
        return await Interruptible.RunAsync("bench/overload", errors, async ct =>
        {
            var isReached = true;
            var pages = new OverloadPages(Path.Combine(Repository.Root, "artifacts", "overload"));
            foreach (var part in options.Parts)
            {
                var figures = await OverloadParts.MeasureAsync(part, options, tools, errors, ct);
                isReached &= figures.All(figure => figure.Verdict != Verdict.Missed);
                var table = OverloadPages.Table(figures);
                await output.WriteAsync($"{OverloadParts.Titles[part]}\n\n{table}\n");
                if (!options.IsQuick)
                {
                    pages.Keep(part, table);
                }
            }

            if (options.IsPage)
            {
                pages.WritePage(Path.Combine("docs", "overload.md"));
            }

            return isReached ? ExitCodes.Reached : ExitCodes.Missed;
        });
    }
}
