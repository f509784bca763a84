using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Godwit.Server.Security.Authentication.Passwords;

/// <summary><c>$7$</c>: PBKDF2 with HMAC-SHA-512 (RFC 8018), as Mosquitto writes since 2.0 and Godwit does.</summary>
public sealed class Pbkdf2Hash : PasswordHash
{
    /// <summary>Bytes of a salt that we write: Mosquitto 2.0 reads no other length.</summary>
    public const int SaltBytes = 12;

    /// <summary>Iterations of a hash that we write.</summary>
    public const int DefaultIterations = 210_000;

    /// <summary>Fewer iterations are weak; Mosquitto 2.0 writes 101, 2.1 writes 1,000.</summary>
    internal const int WeakIterations = 100_000;

    /// <summary>Bytes of the shortest salt that is read.</summary>
    internal const int SaltBytesMin = 8;

    /// <summary>Bytes of the longest salt that is read; Mosquitto 2.1 writes such.</summary>
    internal const int SaltBytesMax = 64;

    /// <summary>How the text begins.</summary>
    internal const string Prefix = "$7$";

    /// <summary>What is said of a salt that cannot be read.</summary>
    internal const string SaltError = "the salt is not Base64 of 8 to 64 bytes";

    /// <summary>What is said of a hash that cannot be read.</summary>
    internal const string HashError = "the hash is not Base64 of 64 bytes";

    /// <summary>A line that takes longer, tens of seconds, is a mistake or an attack.</summary>
    private const int IterationsMax = 100_000_000;

    private readonly int _iterations;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private Pbkdf2Hash(int iterations, byte[] salt, byte[] hash) => (_iterations, _salt, _hash) = (iterations, salt, hash);

    /// <summary>Iterations of this hash.</summary>
    public int Iterations => _iterations;

    /// <summary>Hashes a password with a new salt.</summary>
    /// <param name="password">Any bytes.</param>
    /// <param name="iterations">At least 1.</param>
    public static Pbkdf2Hash Create(ReadOnlySpan<byte> password, int iterations = DefaultIterations)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new Pbkdf2Hash(iterations, salt, Compute(password, salt, iterations));
    }

    /// <inheritdoc/>
    public override bool Verify(ReadOnlySpan<byte> password) => CryptographicOperations.FixedTimeEquals(Compute(password, _salt, _iterations), _hash);

    /// <inheritdoc/>
    public override string Encode() =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{_iterations}${Convert.ToBase64String(_salt)}${Convert.ToBase64String(_hash)}");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"PBKDF2-SHA-512, {_iterations} iterations");

    /// <summary>A hash that no password has.</summary>
    internal static Pbkdf2Hash Blank(int iterations) =>
        new(iterations, RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(SHA512.HashSizeInBytes));

    internal override PasswordHash Blank() => Blank(_iterations);

    internal static bool TryRead(string text, [NotNullWhen(true)] out PasswordHash? hash, out string error)
    {
        hash = null;
        error = "";
        var parts = text[Prefix.Length..].Split('$');
        if (parts.Length != 3)
        {
            error = "a $7$ hash is $7$iterations$salt$hash";
        }
        else if (!int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < 1 or > IterationsMax)
        {
            error = "the number of iterations is not a number from 1 to 100000000";
        }
        else if (Decode(parts[1], SaltBytesMin, SaltBytesMax) is not { } salt)
        {
            error = SaltError;
        }
        else if (Decode(parts[2], SHA512.HashSizeInBytes, SHA512.HashSizeInBytes) is not { } bytes)
        {
            error = HashError;
        }
        else
        {
            hash = new Pbkdf2Hash(iterations, salt, bytes);
        }

        return hash is not null;
    }

    private static byte[] Compute(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA512, SHA512.HashSizeInBytes);
}
