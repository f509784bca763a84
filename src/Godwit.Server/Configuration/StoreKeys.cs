using Godwit.Server.Hosting;
using Godwit.Server.Storage;

namespace Godwit.Server.Configuration;

/// <summary>The keys of the store: where and how safely state is kept, and <see cref="StoreSettings"/>.</summary>
public static class StoreKeys
{
    private const bool Restart = false;

    /// <summary>Those of <see cref="ServerOptions"/> itself.</summary>
    public static KeyTable<ServerOptions> Options { get; } = new()
    {
        { "Directory", KeyTypes.NewPath, o => o.DataDirectory, (o, v) => o.DataDirectory = v, Restart, "persistence_location", "Where state is kept; created when missing, and locked. Without it: /var/lib/godwit for root, ~/.local/state/godwit for others." },
        { "Durability", KeyTypes.Choice(DurabilityWords), o => o.Durability, (o, v) => o.Durability = v, Restart, "persistence, autosave_interval", "What an acknowledgement means: flushed to the disk, written and flushed soon, written, or in memory.", "sync" },
        { "PrivateOnly", KeyTypes.Flag, o => o.PrivateDirectoryOnly, (o, v) => o.PrivateDirectoryOnly = v, Restart, "", "A directory on which others than its owner have a right is no reason for a warning, but not to start." },
        { "OnCorruption", KeyTypes.Choice([("salvage", false), ("stop", true)]), o => o.StopOnCorruption, (o, v) => o.StopOnCorruption = v, Restart, "", "Damage in the stored state: report it and keep all else, or do not start." },
    };

    /// <summary>Those of the store on disk.</summary>
    public static KeyTable<StoreSettings> Settings { get; } = new()
    {
        { nameof(StoreSettings.SegmentSizeBytes), KeyTypes.Number("bytes", 1 << 20, 256 << 20), s => s.SegmentSizeBytes, (s, v) => s.SegmentSizeBytes = (int)v, Restart, "", "Size of a new file of the store. Those that are there keep theirs." },
        { nameof(StoreSettings.FlushIntervalMs), KeyTypes.Number("milliseconds", 1, 100), s => s.FlushIntervalMs, (s, v) => s.FlushIntervalMs = (int)v, Restart, "", "With durability interval: time between two flushes." },
        { nameof(StoreSettings.ScrubBytesPerSecond), KeyTypes.Number("bytes/s", 0, long.MaxValue), s => s.ScrubBytesPerSecond, (s, v) => s.ScrubBytesPerSecond = v, Restart, "", "How fast stored files are read again to see whether they are still intact; 0 is never." },
        { nameof(StoreSettings.ScrubIntervalHours), KeyTypes.Number("hours", 0, 8760), s => s.ScrubIntervalHours, (s, v) => s.ScrubIntervalHours = (int)v, Restart, "", "From the beginning of one such round to that of the next, at the least." },
        { nameof(StoreSettings.ScrubDelaySeconds), KeyTypes.Number("seconds", 0, 86_400), s => s.ScrubDelaySeconds, (s, v) => s.ScrubDelaySeconds = (int)v, Restart, "", "From the start of the broker to the first round." },
    };

    private static IEnumerable<(string Word, DurabilityMode Mode)> DurabilityWords =>
        Enum.GetValues<DurabilityMode>().Select(mode => (mode.ToString().ToLowerInvariant(), mode));
}
