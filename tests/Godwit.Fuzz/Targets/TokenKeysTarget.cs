using Godwit.Server.Security.Authentication.Tokens;

namespace Godwit.Fuzz.Targets;

/// <summary>Keys for tokens, which may come from an address: a JWK Set or PEM. Read, or refused with words; a shared secret only from a file.</summary>
internal sealed class TokenKeysTarget : TextTarget
{
    private const string Modulus = "u1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7onLRnrq0_IzW7yWR7QkrmBL7jTKEn5u-qKhbwKfBstIs-bMY2Zkp18gnTxKLxoS2tFczGkPLPgizskuemMghRniWaoLcyehkd3qqGElvW_VDL5AaWTg0nLVkjRo9z-40RQzuVaE8AkAFmxZzow3x-VJYKdjykkJ0iT9wCS0DRTXu269V264Vf_3jvredZiKRkgwlL9xNAwxXFg0x_XFw005UWVRIkdgcKWTjpBP2dPwVZ4WWC-9aGVd-Gyn1o0CLelf4rEjGoXbAAEgAqeGUxrcIlbjXfbcmw";

    public override string Name => "token-keys";

    public override int InputBytesMax => 2048;

    /// <summary>A key of RSA is made once to see whether it is one.</summary>
    public override long AllocatedBytesMax(int inputSize) => 100_000 + (1_000L * inputSize);

    protected override IReadOnlyList<string> Words { get; } =
    [
        "{", "}", "[", "]", ",", ":", "\"", "{\"keys\":[", "]}", "{\"kty\":\"RSA\"", "\"kty\":\"EC\"", "\"kty\":\"oct\"", "\"kty\":", "\"k\":\"AAAA\"", "\"n\":\"", Modulus, "\"e\":\"AQAB\"", "\"e\":\"\"", "\"e\":",
        "\"crv\":\"P-256\"", "\"x\":\"AA\"", "\"y\":\"AA\"", "\"use\":\"enc\"", "\"use\":7", "\"key_ops\":[\"verify\"]", "\"key_ops\":1", "\"kid\":\"a\"", "\"kid\":1", "\"alg\":\"RS256\"", "null", "\"\\ud800\"", "\n",
        "-----BEGIN PUBLIC KEY-----\n", "-----END PUBLIC KEY-----\n", "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var content = input.ToArray();
        foreach (var mayHoldSecrets in (bool[])[false, true])
        {
            var isRead = TokenKeySet.TryRead(content, mayHoldSecrets, out var keys, out var error);
            Require(isRead == (error.Length == 0), "it is refused without words");
            Require(isRead == (keys.Keys.Count > 0), "it is read and holds no key");
            Require(mayHoldSecrets || keys.Keys.All(key => key.Kind != TokenKeyKind.Secret), "a shared secret comes from an address");
            foreach (var algorithm in (string[])["HS256", "RS256", "ES256", "PS512"])
            {
                foreach (var key in keys.Candidates(id: null, TokenAlgorithm.Find(algorithm)!))
                {
                    Require(!key.Verifies(TokenAlgorithm.Find(algorithm)!, "a"u8, "b"u8), "anything is a signature");
                }
            }
        }
    }
}
