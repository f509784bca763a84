using System.Globalization;

namespace Godwit.Kills.Soak;

/// <summary>A run as ./soak starts it.</summary>
internal static class SoakCommand
{
    private const double DefaultMinutes = 60;

    /// <summary>Runs what the arguments say: <c>[--minutes N] [--seed N]</c>.</summary>
    /// <returns>0: clean; 1: something was found; 2: the arguments are wrong.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output)
    {
        var (minutes, seed) = (DefaultMinutes, 1);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            var isRead = arguments[i] switch
            {
                "--minutes" => double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out minutes) && minutes is > 0 and <= 100_000,
                "--seed" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out seed),
                _ => false,
            };
            if (!isRead)
            {
                await output.WriteLineAsync($"soak: '{arguments[i]} {value}' is not understood; see --help");
                return 2;
            }
        }

        var directory = Directory.CreateTempSubdirectory("godwit-soak-").FullName;
        try
        {
            var report = await SoakRun.RunAsync(TimeSpan.FromMinutes(minutes), seed, directory, line => output.WriteLine($"soak: {line}"), CancellationToken.None);
            await output.WriteLineAsync(report.ToString());
            return report.IsClean ? 0 : 1;
        }
        catch (Xunit.Sdk.XunitException exception)
        {
            await output.WriteLineAsync($"soak: seed {seed}: {exception.Message}");
            return 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
