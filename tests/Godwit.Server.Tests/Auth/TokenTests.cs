using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authentication.Tokens;
using Godwit.Server.Tests.Auth.Support;

namespace Godwit.Server.Tests.Auth;

public sealed class TokenTests : IDisposable
{
    private readonly AuthWorld _world = new();

    public static TheoryData<string> Algorithms => [.. TokenAlgorithm.Names];

    private long Now => _world.Time.GetUtcNow().ToUnixTimeSeconds();

    [Theory, MemberData(nameof(Algorithms))]
    public async Task A_token_of_every_algorithm_is_verified_and_a_changed_one_is_not(string algorithm)
    {
        Use(algorithm);
        var token = TokenMaker.Token(algorithm, Claims());

        var result = await _world.LogInAsync(user: null, token);
        Assert.Equal((ConnackReasonCode.Success, "alice"), (result.Code, result.Identity?.UserName));

        var parts = token.Split('.');
        var other = TokenMaker.Encode(Claims("mallory").ToJsonString());
        Assert.Equal("jwt: the signature is wrong", (await _world.LogInAsync(user: null, $"{parts[0]}.{other}.{parts[2]}")).Reason);
        Assert.Equal("jwt: the signature is wrong", (await _world.LogInAsync(user: null, $"{parts[0]}.{parts[1]}.")).Reason);
        Assert.Equal("jwt: the signature is wrong", (await _world.LogInAsync(user: null, $"{parts[0]}.{parts[1]}.{(parts[2][0] == 'A' ? 'B' : 'A')}{parts[2][1..]}")).Reason);
    }

    // RFC 7515, appendices A.1 and A.3.
    [Theory]
    [InlineData("HS256", """{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}""", "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")]
    [InlineData("ES256", """{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""", "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")]
    public async Task The_examples_of_the_RFC_are_right_and_have_expired(string algorithm, string key, string token)
    {
        Use(algorithm, key);

        Assert.Equal("jwt: the token has expired", (await _world.LogInAsync(user: null, token)).Reason);
    }

    [Fact]
    public async Task An_algorithm_that_is_not_in_the_list_is_not_accepted_whatever_the_token_says()
    {
        Use("RS256");

        foreach (var token in (string[])[
            TokenMaker.Token("PS256", Claims()),
            TokenMaker.Token("HS256", Claims()),
            TokenMaker.Token("none", Claims()),
            TokenMaker.Token("RS256", Claims(), headerAlgorithm: "None"),
            TokenMaker.Token("RS256", Claims(), header: """{"typ":"JWT"}"""),
            TokenMaker.Token("RS256", Claims(), header: """{"alg":"rs256"}""")])
        {
            Assert.Equal("jwt: an algorithm that is not accepted", (await _world.LogInAsync(user: null, token)).Reason);
        }
    }

    [Fact]
    public async Task A_public_key_is_never_taken_for_a_shared_secret()
    {
        var pem = TokenMaker.Rsa.ExportSubjectPublicKeyInfoPem();
        Use(["RS256", "HS256"], new JsonObject { ["keys"] = JsonNode.Parse(TokenMaker.Jwks())!["keys"]!.DeepClone() }.ToJsonString());
        var text = $"{TokenMaker.Encode("""{"alg":"HS256","kid":"rsa"}""")}.{TokenMaker.Encode(Claims().ToJsonString())}";
        var forged = $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(pem), Encoding.UTF8.GetBytes(text)))}";

        Assert.Equal(ConnackReasonCode.BadUserNameOrPassword, (await _world.LogInAsync(user: null, forged)).Code);
        Assert.True((await _world.LogInAsync(user: null, TokenMaker.Token("RS256", Claims()))).IsAccepted);
    }

    [Theory]
    [InlineData("""{"sub":"a","exp":-1}""", "a time in the token is no time")]
    [InlineData("""{"sub":"a","exp":"tomorrow"}""", "a time in the token is no time")]
    [InlineData("""{"sub":"a","exp":1e308}""", "a time in the token is no time")]
    [InlineData("""{"sub":"a"}""", "the token has no end (exp)")]
    [InlineData("""{"sub":"a","exp":EXP-31}""", "the token has expired")]
    [InlineData("""{"sub":"a","exp":EXP+60,"nbf":EXP+31}""", "the token is not valid yet")]
    [InlineData("""{"sub":"a","exp":EXP+60,"iat":EXP+31}""", "the token is not valid yet")]
    [InlineData("""{"exp":EXP+60}""", "the token has no claim sub that could be a user name")]
    [InlineData("""{"sub":"","exp":EXP+60}""", "the token has no claim sub that could be a user name")]
    [InlineData("""{"sub":7,"exp":EXP+60}""", "the token has no claim sub that could be a user name")]
    [InlineData("""{"sub":"a\u0000b","exp":EXP+60}""", "the token has no claim sub that could be a user name")]
    [InlineData("""{"sub":"a","exp":EXP-29}""", "a token")]
    [InlineData("""{"sub":"a","exp":EXP+60,"nbf":EXP+29,"iat":EXP+29}""", "a token")]
    [InlineData("""{"sub":"a","exp":EXP+0.5}""", "a token")]
    public async Task Times_and_names_are_checked_with_a_leeway(string claims, string reason)
    {
        Use("HS256");
        var numbers = Regex.Replace(
            claims, @"EXP([+-][0-9.]+)",
            match => (Now + double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture),
            RegexOptions.NonBacktracking);
        var text = $"{TokenMaker.Encode("""{"alg":"HS256"}""")}.{TokenMaker.Encode(numbers)}";

        var result = await _world.LogInAsync(user: null, $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(TokenMaker.Secret, Encoding.UTF8.GetBytes(text)))}");

        Assert.Equal($"jwt: {reason}", result.Reason);
    }

    [Fact]
    public async Task The_end_of_the_token_is_told_so_that_the_connection_can_end_with_it()
    {
        Use("HS256");

        var result = await _world.LogInAsync(user: null, TokenMaker.Token("HS256", Claims()));

        Assert.Equal(_world.Time.GetUtcNow().AddSeconds(3_600 + 30), result.ExpiresAt);
    }

    [Fact]
    public async Task Issuer_and_audience_count_when_the_configuration_names_them()
    {
        var source = Use("HS256");
        source.Jwt.Issuer = "https://id.example";
        source.Jwt.Audience = "mqtt";
        var right = Claims();
        right["iss"] = "https://id.example";
        right["aud"] = new JsonArray("web", "mqtt");
        var elsewhere = Claims();
        elsewhere["iss"] = "https://id.example";
        elsewhere["aud"] = "web";

        Assert.True((await _world.LogInAsync(user: null, TokenMaker.Token("HS256", right))).IsAccepted);
        Assert.Equal("jwt: the token is for another audience", (await _world.LogInAsync(user: null, TokenMaker.Token("HS256", elsewhere))).Reason);
        Assert.Equal("no source knows this user", (await _world.LogInAsync(user: null, TokenMaker.Token("HS256", Claims()))).Reason);
    }

    [Fact]
    public async Task Groups_and_topics_come_from_claims()
    {
        Use("HS256").Jwt.TopicsClaim = "mqtt";
        var claims = Claims();
        claims["groups"] = new JsonArray("staff", "night");
        claims["mqtt"] = JsonNode.Parse("""{"publish":["up/%u"],"subscribe":["down/#"]}""");

        var identity = (await _world.LogInAsync(user: null, TokenMaker.Token("HS256", claims))).Identity!;

        Assert.Equal(["staff", "night"], identity.Groups);
        var rights = Assert.IsType<TopicRights>(identity.Rights);
        Assert.Equal(["up/%u", "down/#"], rights.Publish.Concat(rights.Read));
        claims["mqtt"] = JsonNode.Parse("""{"publish":["a/#/b"]}""");
        Assert.False((await _world.LogInAsync(user: null, TokenMaker.Token("HS256", claims))).IsAccepted);
        claims.Remove("mqtt");
        Assert.Empty(Assert.IsType<TopicRights>((await _world.LogInAsync(user: null, TokenMaker.Token("HS256", claims))).Identity!.Rights).Read);
    }

    [Fact, Spec("Row-45")]
    public async Task A_user_name_beside_the_token_must_be_that_of_the_token()
    {
        var source = Use("HS256");
        var token = TokenMaker.Token("HS256", Claims());

        Assert.True((await _world.LogInAsync("alice", token)).IsAccepted);
        Assert.True((await _world.LogInAsync("", token)).IsAccepted);
        Assert.Equal("jwt: the token of another user", (await _world.LogInAsync("bob", token)).Reason);
        source.Jwt.MatchUserName = false;
        Assert.Equal("alice", (await _world.LogInAsync("bob", token)).Identity?.UserName);
    }

    [Theory]
    [InlineData("a.b.c")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("e30.W10.e30")]
    [InlineData("eyJhbGciOiJIUzI1NiIsImFsZyI6Im5vbmUifQ.e30.e30")]
    [InlineData("eyJhbGciOiJIUzI1NiIsImNyaXQiOlsiYjY0Il19.e30.e30")]
    [InlineData("eyJhbGciOjd9.e30.e30")]
    public async Task What_is_no_token_is_no_login(string password)
    {
        Use("HS256");

        Assert.Equal(ConnackReasonCode.BadUserNameOrPassword, (await _world.LogInAsync("alice", password)).Code);
    }

    [Theory]
    [InlineData("RS256", "secret of 33 bytes, which is no key")]
    [InlineData("RS256", """{"keys":[]}""")]
    [InlineData("RS256", """{"keys":[{"kty":"oct","k":"AAAA"}]}""")]
    [InlineData("RS256", """{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}""")]
    [InlineData("ES256", """{"keys":[{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}]}""")]
    public void A_file_of_keys_that_does_not_fit_stops_the_start(string algorithm, string content)
    {
        Use(algorithm, content);

        Assert.Contains(_world.PathOf("jwks"), Assert.Throws<AuthenticationFileException>(() => _world.Service).Message);
    }

    [Fact]
    public void A_secret_that_is_shorter_than_its_hash_stops_the_start()
    {
        var source = new SourceSettings { Kind = SourceKind.Jwt };
        source.Jwt.Algorithms = ["HS512"];
        source.Jwt.SecretFile = _world.Write("secret", new string('x', 63) + "\n");
        _world.Settings.Sources.Add(source);

        Assert.Contains("no key for HS512", Assert.Throws<AuthenticationFileException>(() => _world.Service).Message);
    }

    [Fact]
    public async Task Keys_in_PEM_count_too()
    {
        Use("PS256", TokenMaker.Rsa.ExportSubjectPublicKeyInfoPem());
        Assert.True((await _world.LogInAsync(user: null, TokenMaker.Token("PS256", Claims()))).IsAccepted);

        _world.Settings.Sources.Clear();
        Use("ES384", TokenMaker.Curve384.ExportSubjectPublicKeyInfoPem());
        _world.Service.Reload(_world.Settings, [_world.Listener]);
        Assert.True((await _world.LogInAsync(user: null, TokenMaker.Token("ES384", Claims()))).IsAccepted);
    }

    public void Dispose() => _world.Dispose();

    private SourceSettings Use(string algorithm, string? keys = null) => Use([algorithm], keys);

    private SourceSettings Use(string[] algorithms, string? keys)
    {
        var source = new SourceSettings { Kind = SourceKind.Jwt };
        source.Jwt.Algorithms = algorithms;
        source.Jwt.KeyFile = _world.Write("jwks", keys ?? TokenMaker.Jwks());
        _world.Settings.Sources.Add(source);
        return source;
    }

    private JsonObject Claims(string user = "alice") => new() { ["sub"] = user, ["exp"] = Now + 3_600 };
}
