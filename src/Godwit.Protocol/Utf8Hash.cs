using System.Runtime.InteropServices;

namespace Godwit.Protocol;

/// <summary>
/// A keyed hash for bytes that come from the network, so that nobody can choose names that collide. It is the platform's string
/// hash (Marvin, keyed per process) over the bytes taken in pairs.
/// </summary>
public static class Utf8Hash
{
    /// <summary>Hashes <paramref name="bytes"/>; differs from process to process.</summary>
    public static int Of(ReadOnlySpan<byte> bytes)
    {
        var hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(bytes), StringComparison.Ordinal);
        return (bytes.Length & 1) == 0 ? hash : HashCode.Combine(hash, bytes[^1]);     // neighbouring numbers would pile up in a table that is probed in order
    }
}
