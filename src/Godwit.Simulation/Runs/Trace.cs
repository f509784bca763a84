using System.Globalization;
using Godwit.Simulation.Disks;
using Godwit.Storage.Segments;

namespace Godwit.Simulation.Runs;

/// <summary>
/// All that happens in a run, as a hash and, when somebody reads along, as text. Two runs of one seed have the same hash, or something
/// besides the seed has decided.
/// </summary>
/// <param name="writer">Gets one line an event; null for the hash alone.</param>
internal sealed class Trace(TextWriter? writer)
{
    /// <summary>FNV-1a, 64 bits.</summary>
    public ulong Hash { get; private set; } = 14_695_981_039_346_656_037;

    /// <summary>Somebody reads along.</summary>
    public bool IsText => writer is not null;

    /// <summary>Bytes pass the edge of the broker, or something happens to a connection.</summary>
    /// <param name="nowMs">Virtual time.</param>
    /// <param name="what">A letter for the kind of event.</param>
    /// <param name="link">Which connection.</param>
    /// <param name="bytes">May be empty.</param>
    public void Add(long nowMs, char what, long link, ReadOnlySpan<byte> bytes)
    {
        Mix((ulong)nowMs);
        Mix(what);
        Mix((ulong)link);
        foreach (var current in bytes)
        {
            Mix(current);
        }
    }

    /// <summary>The disk was changed.</summary>
    /// <param name="nowMs">Virtual time.</param>
    /// <param name="call">What was done.</param>
    /// <param name="bytes">What was written; may be empty.</param>
    public void Add(long nowMs, DiskCall call, ReadOnlySpan<byte> bytes)
    {
        Mix((ulong)nowMs);
        Mix(((ulong)call.FileId << 8) | (ulong)call.Kind);
        Mix((ulong)call.Offset);
        Mix(Crc32C.Append(uint.MaxValue, bytes));
    }

    /// <summary>A line for a person.</summary>
    public void Write(long nowMs, FormattableString line) =>
        writer?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{nowMs,9} {FormattableString.Invariant(line)}"));

    private void Mix(ulong value) => Hash = (Hash ^ value) * 1_099_511_628_211;
}
