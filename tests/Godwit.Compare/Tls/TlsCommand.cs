using System.Globalization;
using Godwit.Compare.Brokers;
using Godwit.Compare.Running;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Compare.Tls;

/// <summary>bench/tls.</summary>
internal static class TlsCommand
{
    /// <summary>Reads arguments, measures, reports.</summary>
    /// <returns>An exit code; there are no bars, so nothing is missed.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (Read(arguments) is not { } options)
        {
            await errors.WriteLineAsync($"bench/tls: '{string.Join(' ', arguments)}' is not understood; see --help");
            return ExitCodes.Usage;
        }

        var missing = !OperatingSystem.IsLinux() ? "CPU time is read from /proc, which only Linux has"
            : Programs.Find("mosquitto") is null ? "mosquitto is not installed: apt-get install mosquitto"
            : !File.Exists(GodwitProgram.Path) ? $"'{GodwitProgram.Path}' is not there: build it, or set GODWIT_EXE"
            : "";
        if (missing.Length > 0)
        {
            await errors.WriteLineAsync($"bench/tls: {missing}");
            return ExitCodes.Usage;
        }

        var tools = new Tools(GodwitProgram.Path, Programs.Find("mosquitto")!, Relay: null);
        return await Interruptible.RunAsync("bench/tls", errors, async ct =>
        {
            var figures = await new TlsRun(tools, options.Seconds, options.Rounds, errors).MeasureAsync(ct);
            await output.WriteAsync(TlsText.Table(figures));
            return ExitCodes.Reached;
        });
    }

    private static (double Seconds, int Rounds)? Read(IReadOnlyList<string> arguments)
    {
        var (seconds, rounds) = (3.0, 3);
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var value = i + 1 < arguments.Count ? arguments[i + 1] : "";
            var isRead = arguments[i] switch
            {
                "--seconds" => double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out seconds) && seconds is >= 0.1 and <= 600,
                "--rounds" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out rounds) && rounds is >= 1 and <= 99,
                _ => false,
            };
            if (!isRead)
            {
                return null;
            }
        }

        return (seconds, rounds);
    }
}
