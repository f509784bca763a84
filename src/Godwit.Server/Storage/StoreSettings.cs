using System.Globalization;

namespace Godwit.Server.Storage;

/// <summary>Choices of the administrator about the store on disk. <c>--set Name=Value</c> reaches each; docs/durability.md is the same list.</summary>
public sealed class StoreSettings
{
    private static readonly Setting[] Table =
    [
        new(nameof(SegmentSizeBytes), "bytes from 1048576 (1 MiB) to 268435456 (256 MiB)", 1 << 20, 256 << 20, (s, v) => s.SegmentSizeBytes = (int)v),
        new(nameof(FlushIntervalMs), "milliseconds from 1 to 100", 1, 100, (s, v) => s.FlushIntervalMs = (int)v),
        new(nameof(ScrubBytesPerSecond), "bytes, 0 for never", 0, long.MaxValue, (s, v) => s.ScrubBytesPerSecond = v),
        new(nameof(ScrubIntervalHours), "hours up to 8760, 0 for without a pause", 0, 8760, (s, v) => s.ScrubIntervalHours = (int)v),
        new(nameof(ScrubDelaySeconds), "seconds up to 86400", 0, 86_400, (s, v) => s.ScrubDelaySeconds = (int)v),
    ];

    /// <summary>Names and accepted values of all settings, for messages and documentation.</summary>
    public static IReadOnlyList<(string Name, string Values)> All { get; } = [.. Table.Select(row => (row.Name, row.Values))];

    /// <summary>Bytes of a new segment. Those that are there keep their size.</summary>
    public int SegmentSizeBytes { get; set; } = 64 << 20;

    /// <summary>With <see cref="DurabilityMode.Interval"/>: milliseconds between two flushes, 1 to 100.</summary>
    public int FlushIntervalMs { get; set; } = 50;

    /// <summary>How fast sealed segments are read again to see whether they are still intact; 0 is never.</summary>
    public long ScrubBytesPerSecond { get; set; } = 5_000_000;

    /// <summary>From the beginning of one such round to that of the next, at the least.</summary>
    public int ScrubIntervalHours { get; set; } = 24;

    /// <summary>From the start of the broker to the first round: the start has just read everything.</summary>
    public int ScrubDelaySeconds { get; set; } = 600;

    /// <summary>Sets a setting by name.</summary>
    /// <param name="name">One of <see cref="All"/>, case-insensitive.</param>
    /// <param name="value">As in <see cref="All"/>.</param>
    /// <param name="error">What is wrong and what to do, else empty.</param>
    /// <returns>False: a bad value; nothing changed.</returns>
    public bool TrySet(string name, string value, out string error)
    {
        var setting = Table.First(row => row.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < setting.Minimum || number > setting.Maximum)
        {
            error = $"{setting.Name} takes {setting.Values}, not '{value}'.";
            return false;
        }

        setting.Set(this, number);
        error = "";
        return true;
    }

    private sealed record Setting(string Name, string Values, long Minimum, long Maximum, Action<StoreSettings, long> Set);
}
