using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Godwit.Server.Security.Authentication.Tokens;

/// <summary>Keys that verify tokens: a JWK Set (RFC 7517 §5), or one key in PEM. Immutable.</summary>
internal sealed class TokenKeySet
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    internal TokenKeySet(IReadOnlyList<TokenKey> keys) => Keys = keys;

    /// <summary>All keys.</summary>
    internal IReadOnlyList<TokenKey> Keys { get; }

    /// <summary>Keys that a token may have been signed with: those with its name, or, when it names none, all that fit.</summary>
    internal IEnumerable<TokenKey> Candidates(string? id, TokenAlgorithm algorithm) =>
        Keys.Where(key => key.Fits(algorithm) && (id is null || string.Equals(key.Id ?? id, id, StringComparison.Ordinal)));

    /// <summary>Reads a file of either kind.</summary>
    /// <param name="content">The file.</param>
    /// <param name="mayHoldSecrets">Shared secrets (<c>oct</c>) count; what comes from an address is public, and holds none.</param>
    /// <param name="keys">Empty when there is an error.</param>
    /// <param name="error">What is wrong; empty when nothing is.</param>
    internal static bool TryRead(byte[] content, bool mayHoldSecrets, out TokenKeySet keys, out string error)
    {
        keys = new TokenKeySet([]);
        error = "";
        try
        {
            var text = Encoding.UTF8.GetString(content);
            keys = text.Contains("-----BEGIN", StringComparison.Ordinal) ? new TokenKeySet([ReadPem(text)]) : ReadJson(content, mayHoldSecrets);
            error = keys.Keys.Count == 0 ? "holds no key that can be used" : "";
        }
        catch (Exception exception) when (exception is JsonException or CryptographicException or FormatException or ArgumentException or InvalidOperationException)
        {
            error = "is neither a JWK Set nor a public key or certificate in PEM";
        }

        return error.Length == 0;
    }

    private static TokenKeySet ReadJson(byte[] content, bool mayHoldSecrets)
    {
        using var document = JsonDocument.Parse(content, Strict);
        var root = document.RootElement;
        var elements = root.TryGetProperty("keys", out var list) ? list.EnumerateArray().ToList() : [root];
        return new TokenKeySet([.. elements.Select(element => ReadKey(element, mayHoldSecrets)).OfType<TokenKey>()]);
    }

    /// <summary>Null: a key of a kind, or for a use, that is not ours; such do no harm (RFC 7517 §5).</summary>
    private static TokenKey? ReadKey(JsonElement key, bool mayHoldSecrets)
    {
        if (Text(key, "use") is not (null or "sig")
            || (key.TryGetProperty("key_ops", out var uses) && !uses.EnumerateArray().Any(use => use.ValueEquals("verify"u8))))
        {
            return null;
        }

        var (id, algorithm) = (Text(key, "kid"), Text(key, "alg"));
        switch (Text(key, "kty"))
        {
            case "oct" when mayHoldSecrets:
                return TokenKey.Secret(Bytes(key, "k"), id, algorithm);

            case "RSA":
                var rsa = new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") };
                using (RSA.Create(rsa))
                {
                    return TokenKey.Rsa(rsa, id, algorithm);
                }

            case "EC" when CurveOf(Text(key, "crv")) is { } curve:
                var ec = new ECParameters { Curve = curve, Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") } };
                using (ECDsa.Create(ec))            // the point has to be on the curve
                {
                    return TokenKey.Curve(ec, id, algorithm);
                }

            default:
                return null;
        }
    }

    private static TokenKey ReadPem(string text)
    {
        if (text.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal))
        {
            using var certificate = X509Certificate2.CreateFromPem(text);
            using var rsaOfCertificate = certificate.GetRSAPublicKey();
            using var curveOfCertificate = certificate.GetECDsaPublicKey();
            return rsaOfCertificate is not null
                ? TokenKey.Rsa(rsaOfCertificate.ExportParameters(includePrivateParameters: false))
                : TokenKey.Curve((curveOfCertificate ?? throw new FormatException("no key")).ExportParameters(includePrivateParameters: false));
        }

        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(text);
            return TokenKey.Rsa(rsa.ExportParameters(includePrivateParameters: false));
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            using var curve = ECDsa.Create();
            curve.ImportFromPem(text);
            return TokenKey.Curve(curve.ExportParameters(includePrivateParameters: false));
        }
    }

    private static ECCurve? CurveOf(string? name) => name switch
    {
        "P-256" => ECCurve.NamedCurves.nistP256,
        "P-384" => ECCurve.NamedCurves.nistP384,
        "P-521" => ECCurve.NamedCurves.nistP521,
        _ => null,
    };

    private static string? Text(JsonElement key, string name) => key.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>A member of a key that has to be there.</summary>
    /// <exception cref="FormatException">It is not there, or empty.</exception>
    private static byte[] Bytes(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) && value.GetString() is { Length: > 0 } text ? Base64Url.DecodeFromChars(text) : throw new FormatException(name);
}
