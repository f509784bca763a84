using System.Runtime.InteropServices;

namespace Godwit.Server.Security.Authentication.Passwords;

/// <summary>Argon2id of the reference implementation, libargon2.</summary>
internal static partial class Argon2Library
{
    /// <summary>What to do where it is not installed.</summary>
    internal const string Missing = "Argon2 needs libargon2.so.1, which is not installed: apt-get install libargon2-1";

    private const string Library = "libargon2.so.1";
    private const int Ok = 0;

    private static readonly Lazy<bool> Loaded = new(() => NativeLibrary.TryLoad(Library, out _));

    /// <summary>The library is installed.</summary>
    internal static bool IsThere => Loaded.Value;

    /// <summary>Computes Argon2id, version 0x13.</summary>
    /// <param name="passes">Time cost.</param>
    /// <param name="memoryKib">Memory cost.</param>
    /// <param name="lanes">Parallelism.</param>
    /// <param name="password">Any bytes.</param>
    /// <param name="salt">At least 8 bytes.</param>
    /// <param name="hash">Filled completely.</param>
    /// <exception cref="InvalidOperationException">There is not enough memory, or the library does not accept the costs.</exception>
    internal static void Compute(uint passes, uint memoryKib, uint lanes, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<byte> hash)
    {
        var code = Argon2idHashRaw(passes, memoryKib, lanes, password, (nuint)password.Length, salt, (nuint)salt.Length, hash, (nuint)hash.Length);
        if (code != Ok)
        {
            throw new InvalidOperationException($"libargon2 answered {code}");
        }
    }

    [LibraryImport(Library, EntryPoint = "argon2id_hash_raw")]
    private static partial int Argon2idHashRaw(
        uint timeCost, uint memoryCost, uint parallelism, ReadOnlySpan<byte> password, nuint passwordLength,
        ReadOnlySpan<byte> salt, nuint saltLength, Span<byte> hash, nuint hashLength);
}
