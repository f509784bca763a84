using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Godwit.Server.Security.Authentication.Passwords;

/// <summary><c>$argon2id$</c>: Argon2id (RFC 9106) in the PHC form, as Mosquitto 2.1 writes. Computed by libargon2; read only.</summary>
public sealed class Argon2Hash : PasswordHash
{
    /// <summary>How the text begins.</summary>
    internal const string Prefix = "$argon2id$";

    private const int HashBytesMin = 16;
    private const int HashBytesMax = 128;
    private const uint MemoryKibMax = 1 << 20;              // 1 GiB for one login
    private const uint PassesMax = 1_000;
    private const uint LanesMax = 64;

    private readonly uint _memoryKib;
    private readonly uint _passes;
    private readonly uint _lanes;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private Argon2Hash(uint memoryKib, uint passes, uint lanes, byte[] salt, byte[] hash) =>
        (_memoryKib, _passes, _lanes, _salt, _hash) = (memoryKib, passes, lanes, salt, hash);

    /// <inheritdoc/>
    public override bool Verify(ReadOnlySpan<byte> password)
    {
        var computed = new byte[_hash.Length];
        Argon2Library.Compute(_passes, _memoryKib, _lanes, password, _salt, computed);
        return CryptographicOperations.FixedTimeEquals(computed, _hash);
    }

    /// <inheritdoc/>
    public override string Encode() => string.Create(
        CultureInfo.InvariantCulture, $"{Prefix}v=19$m={_memoryKib},t={_passes},p={_lanes}${Unpadded(_salt)}${Unpadded(_hash)}");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Argon2id, {_memoryKib} KiB, {_passes} passes");

    internal override PasswordHash Blank() =>
        new Argon2Hash(_memoryKib, _passes, _lanes, RandomNumberGenerator.GetBytes(_salt.Length), RandomNumberGenerator.GetBytes(_hash.Length));

    internal static bool TryRead(string text, [NotNullWhen(true)] out PasswordHash? hash, out string error)
    {
        hash = null;
        error = "";
        var parts = text[Prefix.Length..].Split('$');
        if (parts is not ["v=19", _, _, _])
        {
            error = "an Argon2 hash is $argon2id$v=19$m=...,t=...,p=...$salt$hash";
        }
        else if (!TryParseCosts(parts[1], out var memoryKib, out var passes, out var lanes))
        {
            error = $"the costs are not m=8 for each p, to {MemoryKibMax},t=1 to {PassesMax},p=1 to {LanesMax}";
        }
        else if (Decode(parts[2], Pbkdf2Hash.SaltBytesMin, Pbkdf2Hash.SaltBytesMax, isPadded: false) is not { } salt)
        {
            error = Pbkdf2Hash.SaltError;
        }
        else if (Decode(parts[3], HashBytesMin, HashBytesMax, isPadded: false) is not { } bytes)
        {
            error = "the hash is not Base64 of 16 to 128 bytes";
        }
        else if (!Argon2Library.IsThere)
        {
            error = Argon2Library.Missing;
        }
        else
        {
            hash = new Argon2Hash(memoryKib, passes, lanes, salt, bytes);
        }

        return hash is not null;
    }

    private static bool TryParseCosts(string text, out uint memoryKib, out uint passes, out uint lanes)
    {
        memoryKib = passes = lanes = 0;
        var parts = text.Split(',');
        return parts.Length == 3
            && TryParseCost(parts[0], "m=", MemoryKibMax, out memoryKib)
            && TryParseCost(parts[1], "t=", PassesMax, out passes)
            && TryParseCost(parts[2], "p=", LanesMax, out lanes)
            && memoryKib >= 8 * lanes;                      // RFC 9106 §3.1
    }

    private static bool TryParseCost(string text, string prefix, uint maximum, out uint value)
    {
        value = 0;
        return text.StartsWith(prefix, StringComparison.Ordinal)
            && uint.TryParse(text.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && value >= 1 && value <= maximum;
    }

    private static string Unpadded(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');
}
