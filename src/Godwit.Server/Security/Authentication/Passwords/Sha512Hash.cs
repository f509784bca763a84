using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Godwit.Server.Security.Authentication.Passwords;

/// <summary><c>$6$</c>: SHA-512 of password and salt, one pass, as Mosquitto wrote until 1.6. Weak: a stolen file is soon read.</summary>
public sealed class Sha512Hash : PasswordHash
{
    /// <summary>How the text begins.</summary>
    internal const string Prefix = "$6$";

    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private Sha512Hash(byte[] salt, byte[] hash) => (_salt, _hash) = (salt, hash);

    /// <summary>Hashes a password with a new salt.</summary>
    /// <param name="password">Any bytes.</param>
    public static Sha512Hash Create(ReadOnlySpan<byte> password)
    {
        var salt = RandomNumberGenerator.GetBytes(Pbkdf2Hash.SaltBytes);
        return new Sha512Hash(salt, Compute(password, salt));
    }

    /// <inheritdoc/>
    public override bool Verify(ReadOnlySpan<byte> password) => CryptographicOperations.FixedTimeEquals(Compute(password, _salt), _hash);

    /// <inheritdoc/>
    public override string Encode() => $"{Prefix}{Convert.ToBase64String(_salt)}${Convert.ToBase64String(_hash)}";

    /// <inheritdoc/>
    public override string ToString() => "SHA-512";

    internal override PasswordHash Blank() =>
        new Sha512Hash(RandomNumberGenerator.GetBytes(_salt.Length), RandomNumberGenerator.GetBytes(_hash.Length));

    internal static bool TryRead(string text, [NotNullWhen(true)] out PasswordHash? hash, out string error)
    {
        hash = null;
        error = "";
        var parts = text[Prefix.Length..].Split('$');
        if (parts.Length != 2)
        {
            error = "a $6$ hash is $6$salt$hash";
        }
        else if (Decode(parts[0], Pbkdf2Hash.SaltBytesMin, Pbkdf2Hash.SaltBytesMax) is not { } salt)
        {
            error = Pbkdf2Hash.SaltError;
        }
        else if (Decode(parts[1], SHA512.HashSizeInBytes, SHA512.HashSizeInBytes) is not { } bytes)
        {
            error = Pbkdf2Hash.HashError;
        }
        else
        {
            hash = new Sha512Hash(salt, bytes);
        }

        return hash is not null;
    }

    private static byte[] Compute(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        sha.AppendData(password);
        sha.AppendData(salt);
        return sha.GetHashAndReset();
    }
}
