using System.Globalization;

namespace Godwit.Server.Protection;

/// <summary>Counts by reason for people, e.g. <c>QueueFull 12 (QoS 1: 10, QoS 2: 2), Expired 3</c>.</summary>
internal static class ReasonCounts
{
    private static readonly string[] Rows = ["QoS 0", "QoS 1", "QoS 2", "QoS 1 or 2"];

    /// <summary>What has happened between two sums; empty when nothing has.</summary>
    /// <param name="before">By reason.</param>
    /// <param name="now">By reason.</param>
    /// <param name="byQoSBefore">By QoS, then by reason.</param>
    /// <param name="byQoSNow">By QoS, then by reason.</param>
    internal static string Describe<TReason>(long[] before, long[] now, IReadOnlyList<long[]> byQoSBefore, IReadOnlyList<long[]> byQoSNow)
        where TReason : struct, Enum
    {
        var words = new List<string>();
        foreach (var reason in Enum.GetValues<TReason>())
        {
            var index = Convert.ToInt32(reason, CultureInfo.InvariantCulture);
            if (now[index] > before[index])
            {
                var parts = Enumerable.Range(0, byQoSNow.Count)
                    .Select(row => (Row: Rows[row], Count: byQoSNow[row][index] - byQoSBefore[row][index]))
                    .Where(part => part.Count > 0)
                    .Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Row}: {part.Count}"))
                    .ToArray();
                var all = string.Create(CultureInfo.InvariantCulture, $"{reason} {now[index] - before[index]}");
                words.Add(parts.Length == 0 ? all : $"{all} ({string.Join(", ", parts)})");
            }
        }

        return string.Join(", ", words);
    }
}
