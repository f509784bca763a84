using System.Security.Cryptography;

namespace Godwit.Server.Security.Authentication.Scram;

/// <summary>A SCRAM mechanism (RFC 5802, RFC 7677) without channel binding; its name is the Authentication Method.</summary>
public sealed class ScramMethod
{
    private ScramMethod(string name, HashAlgorithmName hash, int hashBytes) => (Name, Hash, HashBytes) = (name, hash, hashBytes);

    /// <summary>SCRAM-SHA-256.</summary>
    public static ScramMethod Sha256 { get; } = new("SCRAM-SHA-256", HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);

    /// <summary>SCRAM-SHA-512.</summary>
    public static ScramMethod Sha512 { get; } = new("SCRAM-SHA-512", HashAlgorithmName.SHA512, SHA512.HashSizeInBytes);

    /// <summary>Its name.</summary>
    public string Name { get; }

    internal HashAlgorithmName Hash { get; }

    internal int HashBytes { get; }

    /// <summary>Finds a mechanism by its exact name; null: there is none.</summary>
    public static ScramMethod? Find(string? name) => name switch
    {
        "SCRAM-SHA-256" => Sha256,
        "SCRAM-SHA-512" => Sha512,
        _ => null,
    };

    internal byte[] Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data) => CryptographicOperations.HmacData(Hash, key, data);

    internal byte[] Digest(ReadOnlySpan<byte> data) => CryptographicOperations.HashData(Hash, data);
}
