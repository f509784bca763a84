using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Godwit.Server.Security.Authentication.Guards;

/// <summary>HMAC-SHA-256 with a key of this process: tables hold it instead of names and passwords. 32 bytes.</summary>
internal readonly record struct SecretDigest(UInt128 High, UInt128 Low)
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    /// <summary>The digest of a text.</summary>
    internal static SecretDigest Of(string text) => Of(text, []);

    /// <summary>The digest of a text and of bytes behind it; every pair has its own.</summary>
    internal static SecretDigest Of(string text, ReadOnlySpan<byte> bytes)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Key);
        var utf8 = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, utf8.Length);
        hmac.AppendData(length);
        hmac.AppendData(utf8);
        hmac.AppendData(bytes);

        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.GetHashAndReset(digest);
        return new SecretDigest(BinaryPrimitives.ReadUInt128BigEndian(digest), BinaryPrimitives.ReadUInt128BigEndian(digest[16..]));
    }

    /// <summary>Shows nothing.</summary>
    public override string ToString() => "(digest)";
}
