namespace Godwit.Server.Security.Authentication.Tokens;

/// <summary>Of a source of tokens (JWT, RFC 7519).</summary>
public sealed class TokenSettings
{
    /// <summary>A file with the keys: a JWKS (RFC 7517), or PEM with one public key.</summary>
    public string? KeyFile { get; set; }

    /// <summary>An address of a JWKS, <c>https://</c>; <c>http://</c> for loopback only.</summary>
    public string? KeyUrl { get; set; }

    /// <summary>A file whose bytes are the key of HS256, HS384 and HS512; a line break at its end does not count.</summary>
    public string? SecretFile { get; set; }

    /// <summary>Algorithms that are accepted, by their names in RFC 7518. At least one: there is no default.</summary>
    public IReadOnlyList<string?> Algorithms { get; set; } = [];

    /// <summary>What the claim <c>iss</c> has to be; null: anything.</summary>
    public string? Issuer { get; set; }

    /// <summary>What the claim <c>aud</c> has to name; null: anything.</summary>
    public string? Audience { get; set; }

    /// <summary>The claim that is the user name.</summary>
    public string UserClaim { get; set; } = "sub";

    /// <summary>The claim with the groups, a list or words with blanks between; null: none.</summary>
    public string? GroupsClaim { get; set; } = "groups";

    /// <summary>The claim with the topics: an object with the lists <c>publish</c> and <c>subscribe</c>. Null: tokens name no topics.</summary>
    public string? TopicsClaim { get; set; }

    /// <summary>The user name of CONNECT must be that of the token, when there is one.</summary>
    public bool MatchUserName { get; set; } = true;

    /// <summary>A token without <c>exp</c> is accepted.</summary>
    public bool AllowWithoutExpiry { get; set; }

    /// <summary>How far the clocks of issuer and broker may differ, in seconds.</summary>
    public int LeewaySeconds { get; set; } = 30;

    /// <summary>Keys of an address are read again after this time, in seconds.</summary>
    public int RefreshSeconds { get; set; } = 300;

    /// <summary>Time to read keys from an address, in milliseconds.</summary>
    public int TimeLimitMs { get; set; } = 5_000;
}
