using System.Globalization;
using System.Runtime.InteropServices;
using Godwit.Compare.Brokers;

namespace Godwit.Compare.Running;

/// <summary>What figures depend on.</summary>
internal static class Machine
{
    /// <summary>Files that a process started from here may have open.</summary>
    public static int OpenFilesMax { get; } = ReadOpenFilesMax();

    /// <summary>Machine, kernel, versions, date: name and text.</summary>
    public static async Task<IReadOnlyList<(string Name, string Text)>> DescribeAsync(CompareOptions options, Tools tools, string generator, CancellationToken ct)
    {
        var godwit = await Child.RunAsync(tools.Godwit, ["--version"], TimeSpan.FromSeconds(30), ct);
        var mosquitto = await Child.RunAsync(tools.Mosquitto, ["-h"], TimeSpan.FromSeconds(30), ct);
        var rounds = string.Create(CultureInfo.InvariantCulture, $"{options.Rounds} rounds, {options.Seconds} s a figure after {options.WarmUpSeconds} s of warm-up{(options.IsQuick ? ", a tenth of the sizes of h to k" : "")}");
        return [.. Describe(), ("Godwit", godwit.Output.Trim()), ("mosquitto", mosquitto.Output.Split('\n')[0].Trim()), ("generator", generator + "; latency by godwit bench"), ("run", rounds)];
    }

    /// <summary>Of the machine alone, and when.</summary>
    public static IReadOnlyList<(string Name, string Text)> Describe() =>
        [
            ("date", DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)),
            ("processors", string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} x {Field("/proc/cpuinfo", "model name")}")),
            ("memory", Field("/proc/meminfo", "MemTotal")),
            ("kernel", RuntimeInformation.OSDescription),
            (".NET", RuntimeInformation.FrameworkDescription),
        ];

    private static string Field(string path, string name)
    {
        var line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) : null;
        return line is null ? "unknown" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static int ReadOpenFilesMax()
    {
        const string Name = "Max open files";
        var line = File.Exists("/proc/self/limits") ? File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal)) : null;
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : 1024;
    }
}
