using System.Buffers.Text;
using System.Text;
using Godwit.Fuzz.Engine;
using Godwit.Server.Security.Authentication.Tokens;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// A token (JWT) in the place of a password, before and behind its signature: taken apart or refused, and what it claims counts or not, without an
/// exception; what is signed is what was sent. An input is header, claims and signature as text, a line each; they are encoded here. An input
/// without three lines is a token as it stands.
/// </summary>
internal sealed class TokenTarget : TextTarget
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);

    private static readonly TokenSettings Settings = new()
    {
        Issuer = null,
        Audience = "godwit",
        UserClaim = "sub",
        GroupsClaim = "groups",
        TopicsClaim = "mqtt",
    };

    public override string Name => "token";

    public override long AllocatedBytesMax(int inputSize) => 40_000 + (400L * inputSize);

    protected override IReadOnlyList<string> Words { get; } =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\n", "{\"alg\":\"HS256\"}", "\"alg\":", "\"HS256\"", "\"none\"", "\"kid\":\"a\"", "\"crit\":[]", "\"sub\":\"alice\"", "\"sub\":", "\"iss\":\"i\"", "\"iss\":",
        "\"aud\":\"godwit\"", "\"aud\":[\"godwit\"]", "\"exp\":1577836801", "\"exp\":", "\"nbf\":0", "\"iat\":", "1e400", "-1", "1.5", "null", "true", "99999999999999999999", "\"groups\":\"a b\"", "\"groups\":[]",
        "\"mqtt\":{\"publish\":[\"a/#\"]}", "\"mqtt\":", "\"\\ud800\"", "\"\\u0000\"", ".", "e30", "é",
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var bytes = TokenOf(input);
        if (!SignedToken.TryRead(bytes, out var token))
        {
            return;
        }

        var last = bytes.AsSpan().LastIndexOf((byte)'.');
        Require(token.Signed.AsSpan().SequenceEqual(bytes.AsSpan(..last)), "what is verified is not what was sent");
        _ = TokenClaims.IsFrom(token, "i");
        var claims = TokenClaims.Of(token, Settings, Now);
        Require(claims.Error.Length > 0 || claims.UserName.Length > 0, "a token of nobody counts");
        Require(claims.Error.Length > 0 || claims.ExpiresAt is null || claims.ExpiresAt > Now, "a token that has expired counts");
        Require(claims.Error.Length > 0 || (claims.Publish is not null && claims.Subscribe is not null), "a token without topics has all topics");
    }

    public override byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        if (!random.OneIn(3))
        {
            return base.Make(random, corpus);
        }

        var claims = new StringBuilder("{\"alg\":\"HS256\"}\n{");
        for (var count = random.Size(6); count > 0; count--)
        {
            claims.Append(random.Pick(Words.Where(word => word.EndsWith(':') && word.Length > 2).ToList())).Append(random.Pick(Words.Where(IsValue).ToList())).Append(count > 1 ? "," : "}\nab");
        }

        return Encoding.UTF8.GetBytes(claims.ToString());
    }

    private static bool IsValue(string word) => word is "1e400" or "-1" or "1.5" or "null" or "true" || (word is ['"', _, ..] && !word.Contains(':', StringComparison.Ordinal));

    private static byte[] TokenOf(ReadOnlySpan<byte> input)
    {
        if (input.Count((byte)'\n') != 2)
        {
            return input.ToArray();
        }

        var token = new List<byte>();
        foreach (var range in input.Split((byte)'\n'))
        {
            token.AddRange(Base64Url.EncodeToUtf8(input[range]));
            token.Add((byte)'.');
        }

        return [.. token[..^1]];
    }
}
