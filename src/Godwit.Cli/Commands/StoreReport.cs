using System.Globalization;
using System.Text.Json.Nodes;
using Godwit.Storage.Segments;
using Godwit.Storage.Tools;

namespace Godwit.Cli.Commands;

/// <summary>What was found in a store, in words and as JSON.</summary>
internal static class StoreReport
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>What is behind the log's last flush may have been seen in part.</summary>
    internal const string InUse = "A broker is running on this store: what it wrote while this was read may be missing here, and nothing of that is damage.";

    /// <summary>A line about the store itself.</summary>
    internal static string Head(string directory, StoreInspection found) => string.Create(
        CultureInfo.InvariantCulture,
        $"store {found.StoreId} in {directory}, opened {found.Term} times, last written {LastWritten(found) ?? "never"}");

    /// <summary>A table of the segments.</summary>
    internal static IEnumerable<string> Segments(StoreInspection found)
    {
        yield return $"{"segment",-26} {"bytes",14} {"used",14} {"frames",10} {"records",10} {"live bytes",14}";
        foreach (var segment in found.Segments)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{segment.File,-26} {segment.SizeBytes,14:n0} {segment.UsedBytes,14:n0} {segment.Frames,10:n0} {segment.Records,10:n0} {segment.LiveBytes,14:n0}");
        }
    }

    /// <summary>A line for each torn tail and each damaged range, and one that judges.</summary>
    internal static IEnumerable<string> Findings(StoreInspection found)
    {
        foreach (var tail in found.TornTails)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"torn tail: {tail.File}: {tail.SizeBytes} bytes at offset {tail.Offset} are incomplete. Nothing of them was acknowledged; the next start cuts them off.");
        }

        foreach (var range in found.Damage)
        {
            yield return $"damaged: {range}";
        }

        if (found.UnreadableRecords > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"damaged: {found.UnreadableRecords} records of intact frames cannot be read by this version");
        }

        if (!found.IsSound && found.LostPositions > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"damaged: {found.LostPositions} places in queues have lost their message");
        }

        yield return found.IsSound
            ? "sound: every checksum is right and nothing is missing"
            : "The broker starts with what is left (godwit serve --on-corruption salvage), and so does godwit store repair; what is lost is in a backup, if there is one.";
    }

    /// <summary>Everything, as one object.</summary>
    internal static JsonObject ToJson(StoreInspection found) => new()
    {
        ["storeId"] = found.StoreId.ToString(),
        ["sound"] = found.IsSound,
        ["inUse"] = found.IsInUse,
        ["opened"] = found.Term,
        ["lastWritten"] = LastWritten(found),
        ["sessions"] = found.Sessions,
        ["subscriptions"] = found.Subscriptions,
        ["retained"] = found.Retained,
        ["queued"] = found.Queued,
        ["inbound"] = found.Inbound,
        ["wills"] = found.Wills,
        ["liveBytes"] = found.LiveBytes,
        ["usedBytes"] = found.UsedBytes,
        ["totalBytes"] = found.TotalBytes,
        ["hotSegments"] = found.HotSegments,
        ["coldSegments"] = found.ColdSegments,
        ["poolSegments"] = found.PoolSegments,
        ["amplification"] = Math.Round(found.Amplification, 3),
        ["frames"] = found.Frames,
        ["records"] = found.Records,
        ["unreadableRecords"] = found.UnreadableRecords,
        ["lostPositions"] = found.LostPositions,
        ["segments"] = new JsonArray([.. found.Segments.Select(ToJson)]),
        ["tornTails"] = new JsonArray([.. found.TornTails.Select(ToJson)]),
        ["damage"] = new JsonArray([.. found.Damage.Select(ToJson)]),
    };

    private static string? LastWritten(StoreInspection found) => found.LastWritten?.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static JsonNode ToJson(SegmentInspection segment) => new JsonObject
    {
        ["file"] = segment.File,
        ["bytes"] = segment.SizeBytes,
        ["usedBytes"] = segment.UsedBytes,
        ["frames"] = segment.Frames,
        ["records"] = segment.Records,
        ["liveBytes"] = segment.LiveBytes,
        ["firstLsn"] = segment.FirstLsn,
        ["lastLsn"] = segment.LastLsn,
    };

    private static JsonNode ToJson(TornTail tail) => new JsonObject { ["file"] = tail.File, ["offset"] = tail.Offset, ["bytes"] = tail.SizeBytes, ["firstLsn"] = tail.FirstLsn };

    private static JsonNode ToJson(DamagedRange range) => new JsonObject
    {
        ["file"] = range.File,
        ["offset"] = range.Offset,
        ["bytes"] = range.SizeBytes,
        ["firstLsn"] = range.FirstLsn,
        ["lastLsn"] = range.LastLsn == long.MaxValue ? null : JsonValue.Create(range.LastLsn),
        ["cause"] = range.Cause,
    };
}
