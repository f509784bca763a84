using System.Security.Cryptography;

namespace Godwit.Server.Security.Authentication.Tokens;

/// <summary>A key that verifies tokens. Immutable. Any thread.</summary>
internal sealed class TokenKey
{
    private const int RsaBitsMin = 2_048;

    private readonly byte[]? _secret;
    private readonly RSAParameters _rsa;
    private readonly ECParameters _curve;

    private TokenKey(TokenKeyKind kind, string? id, string? algorithm, byte[]? secret = null, RSAParameters rsa = default, ECParameters curve = default) =>
        (Kind, Id, Algorithm, _secret, _rsa, _curve) = (kind, id, algorithm, secret, rsa, curve);

    /// <summary>What it is.</summary>
    internal TokenKeyKind Kind { get; }

    /// <summary>Tokens name it so (<c>kid</c>); null: it has no name.</summary>
    internal string? Id { get; }

    /// <summary>The only algorithm it may be used for; null: every one of its kind.</summary>
    internal string? Algorithm { get; }

    internal static TokenKey Secret(byte[] secret, string? id = null, string? algorithm = null) => new(TokenKeyKind.Secret, id, algorithm, secret);

    internal static TokenKey Rsa(RSAParameters publicKey, string? id = null, string? algorithm = null) => new(TokenKeyKind.Rsa, id, algorithm, rsa: publicKey);

    internal static TokenKey Curve(ECParameters publicKey, string? id = null, string? algorithm = null) => new(TokenKeyKind.EllipticCurve, id, algorithm, curve: publicKey);

    /// <summary>May it verify this algorithm? Kind, curve, size and its own <c>alg</c> have to fit.</summary>
    internal bool Fits(TokenAlgorithm algorithm) =>
        Kind == algorithm.Kind
        && (Algorithm is null || string.Equals(Algorithm, algorithm.Name, StringComparison.Ordinal))
        && Kind switch
        {
            TokenKeyKind.Secret => _secret!.Length >= HashBytes(algorithm),             // RFC 7518 §3.2
            TokenKeyKind.Rsa => ModulusBits(_rsa.Modulus!) >= RsaBitsMin,                                 // RFC 7518 §3.3
            _ => _curve.Q.X!.Length == CurveBytes(algorithm),                           // RFC 7518 §3.4
        };

    /// <summary>Verifies a signature; the key must <see cref="Fits"/>.</summary>
    internal bool Verifies(TokenAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        switch (Kind)
        {
            case TokenKeyKind.Secret:
                Span<byte> computed = stackalloc byte[SHA512.HashSizeInBytes];
                var length = CryptographicOperations.HmacData(algorithm.Hash, _secret!, data, computed);
                return CryptographicOperations.FixedTimeEquals(computed[..length], signature);

            case TokenKeyKind.Rsa:
                using (var rsa = RSA.Create(_rsa))
                {
                    return rsa.VerifyData(data, signature, algorithm.Hash, algorithm.IsPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
                }

            default:
                using (var curve = ECDsa.Create(_curve))
                {
                    return curve.VerifyData(data, signature, algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
                }
        }
    }

    /// <summary>Never shows the key.</summary>
    public override string ToString() => $"{Kind} {Id}";

    private static int HashBytes(TokenAlgorithm algorithm) => algorithm.Name[^3..] switch { "256" => 32, "384" => 48, _ => 64 };

    private static int CurveBytes(TokenAlgorithm algorithm) => algorithm.Name[^3..] switch { "256" => 32, "384" => 48, _ => 66 };

    private static int ModulusBits(byte[] modulus)
    {
        var first = Array.FindIndex(modulus, value => value != 0);
        return first < 0 ? 0 : ((modulus.Length - first) * 8) - (System.Numerics.BitOperations.LeadingZeroCount(modulus[first]) - 24);
    }
}
