using System.Security.Cryptography;

namespace Godwit.Server.Security.Authentication.Tokens;

/// <summary>A signature algorithm of tokens (RFC 7518 §3.1). There is no <c>none</c>.</summary>
/// <param name="Name">Its name, e.g. <c>ES256</c>.</param>
/// <param name="Kind">The kind of key that it takes.</param>
/// <param name="Hash">Its hash.</param>
internal sealed record TokenAlgorithm(string Name, TokenKeyKind Kind, HashAlgorithmName Hash)
{
    private static readonly TokenAlgorithm[] All =
    [
        new("HS256", TokenKeyKind.Secret, HashAlgorithmName.SHA256),
        new("HS384", TokenKeyKind.Secret, HashAlgorithmName.SHA384),
        new("HS512", TokenKeyKind.Secret, HashAlgorithmName.SHA512),
        new("RS256", TokenKeyKind.Rsa, HashAlgorithmName.SHA256),
        new("RS384", TokenKeyKind.Rsa, HashAlgorithmName.SHA384),
        new("RS512", TokenKeyKind.Rsa, HashAlgorithmName.SHA512),
        new("PS256", TokenKeyKind.Rsa, HashAlgorithmName.SHA256),
        new("PS384", TokenKeyKind.Rsa, HashAlgorithmName.SHA384),
        new("PS512", TokenKeyKind.Rsa, HashAlgorithmName.SHA512),
        new("ES256", TokenKeyKind.EllipticCurve, HashAlgorithmName.SHA256),
        new("ES384", TokenKeyKind.EllipticCurve, HashAlgorithmName.SHA384),
        new("ES512", TokenKeyKind.EllipticCurve, HashAlgorithmName.SHA512),
    ];

    /// <summary>All names.</summary>
    internal static IEnumerable<string> Names => All.Select(algorithm => algorithm.Name);

    /// <summary>RSA with PSS padding; else PKCS #1 v1.5.</summary>
    internal bool IsPss => Name[0] == 'P';

    /// <summary>Finds an algorithm by its exact name; null: there is none.</summary>
    internal static TokenAlgorithm? Find(string? name) => Array.Find(All, algorithm => string.Equals(algorithm.Name, name, StringComparison.Ordinal));
}
