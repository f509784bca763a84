using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Godwit.Server.Tests.Auth.Support;

/// <summary>Makes keys and tokens, right ones and wrong ones.</summary>
internal static class TokenMaker
{
    public static readonly byte[] Secret = Enumerable.Range(1, 64).Select(i => (byte)i).ToArray();

    private static readonly Lazy<RSA> LazyRsa = new(() => RSA.Create(2048));

    public static RSA Rsa => LazyRsa.Value;

    public static ECDsa Curve { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static ECDsa Curve384 { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    public static ECDsa Curve521 { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP521);

    /// <summary>A JWK Set of all keys.</summary>
    public static string Jwks()
    {
        var rsa = Rsa.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(
                new JsonObject { ["kty"] = "oct", ["kid"] = "hs", ["k"] = Base64Url.EncodeToString(Secret) },
                new JsonObject { ["kty"] = "RSA", ["kid"] = "rsa", ["use"] = "sig", ["n"] = Base64Url.EncodeToString(rsa.Modulus), ["e"] = Base64Url.EncodeToString(rsa.Exponent) },
                CurveKey("P-256", "es256", Curve),
                CurveKey("P-384", "es384", Curve384),
                CurveKey("P-521", "es512", Curve521),
                new JsonObject { ["kty"] = "OKP", ["crv"] = "Ed25519", ["x"] = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }),
        }.ToJsonString();
    }

    public static string Token(string algorithm, JsonObject claims, string? kid = null, string? headerAlgorithm = null, string? header = null)
    {
        var head = new JsonObject { ["alg"] = headerAlgorithm ?? algorithm, ["typ"] = "JWT" };
        if (kid is not null)
        {
            head["kid"] = kid;
        }

        var text = $"{Encode(header ?? head.ToJsonString())}.{Encode(claims.ToJsonString())}";
        return $"{text}.{Base64Url.EncodeToString(Sign(algorithm, Encoding.UTF8.GetBytes(text)))}";
    }

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static JsonObject CurveKey(string name, string kid, ECDsa curve)
    {
        var point = curve.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject { ["kty"] = "EC", ["crv"] = name, ["kid"] = kid, ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) };
    }

    private static byte[] Sign(string algorithm, byte[] data)
    {
        var hash = new HashAlgorithmName($"SHA{algorithm[^3..]}");
        return algorithm[..2] switch
        {
            "HS" => CryptographicOperations.HmacData(hash, Secret, data),
            "RS" => Rsa.SignData(data, hash, RSASignaturePadding.Pkcs1),
            "PS" => Rsa.SignData(data, hash, RSASignaturePadding.Pss),
            "ES" => (algorithm[^3..] switch { "256" => Curve, "384" => Curve384, _ => Curve521 }).SignData(data, hash),
            _ => [],
        };
    }
}
