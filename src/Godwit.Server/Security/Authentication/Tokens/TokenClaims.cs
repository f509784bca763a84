using System.Text;
using System.Text.Json;

namespace Godwit.Server.Security.Authentication.Tokens;

/// <summary>What a verified token says (RFC 7519 §4.1), or why it does not count.</summary>
internal sealed class TokenClaims
{
    private const double SecondsMax = 253_402_300_799;         // the end of year 9999

    /// <summary>Why it does not count; empty: it does.</summary>
    internal string Error { get; private init; } = "";

    /// <summary>The user name, not empty.</summary>
    internal string UserName { get; private init; } = "";

    /// <summary>The groups.</summary>
    internal IReadOnlyList<string> Groups { get; private init; } = [];

    /// <summary>Topic Filters to publish to; null: tokens name no topics.</summary>
    internal IReadOnlyList<string>? Publish { get; private init; }

    /// <summary>Topic Filters to subscribe to; null: tokens name no topics.</summary>
    internal IReadOnlyList<string>? Subscribe { get; private init; }

    /// <summary>The end of its time and of the leeway; null: never.</summary>
    internal DateTimeOffset? ExpiresAt { get; private init; }

    /// <summary>Is this the token of an issuer? Nothing is verified yet.</summary>
    internal static bool IsFrom(SignedToken token, string? issuer) =>
        issuer is null || string.Equals(Text(token.Claims, "iss"), issuer, StringComparison.Ordinal);

    /// <summary>Reads the claims of a token whose signature is right.</summary>
    internal static TokenClaims Of(SignedToken token, TokenSettings settings, DateTimeOffset now)
    {
        var claims = token.Claims;
        var leeway = TimeSpan.FromSeconds(settings.LeewaySeconds);
        if (!TryTime(claims, "exp", out var expires) || !TryTime(claims, "nbf", out var notBefore) || !TryTime(claims, "iat", out var issued))
        {
            return Wrong("a time in the token is no time");
        }

        if (expires is null && !settings.AllowWithoutExpiry)
        {
            return Wrong("the token has no end (exp)");
        }

        if (expires + leeway <= now)
        {
            return Wrong("the token has expired");
        }

        if (notBefore - leeway > now || issued - leeway > now)
        {
            return Wrong("the token is not valid yet");
        }

        if (settings.Audience is { } audience && !Words(claims, "aud", splits: false).Contains(audience, StringComparer.Ordinal))
        {
            return Wrong("the token is for another audience");
        }

        var userName = Text(claims, settings.UserClaim);
        if (string.IsNullOrEmpty(userName) || Encoding.UTF8.GetByteCount(userName) > ushort.MaxValue || userName.Contains('\0', StringComparison.Ordinal))
        {
            return Wrong($"the token has no claim {settings.UserClaim} that could be a user name");
        }

        return WithTopics(claims, settings, userName, expires + leeway);
    }

    private static TokenClaims WithTopics(JsonElement claims, TokenSettings settings, string userName, DateTimeOffset? expiresAt)
    {
        JsonElement topics = default;
        if (settings.TopicsClaim is { } name && claims.TryGetProperty(name, out topics) && topics.ValueKind != JsonValueKind.Object)
        {
            return Wrong($"the claim {name} is not an object");
        }

        return new TokenClaims
        {
            UserName = userName,
            Groups = settings.GroupsClaim is { } groups ? Words(claims, groups, splits: true) : [],
            Publish = settings.TopicsClaim is null ? null : Words(topics, "publish", splits: false),
            Subscribe = settings.TopicsClaim is null ? null : Words(topics, "subscribe", splits: false),
            ExpiresAt = expiresAt,
        };
    }

    private static TokenClaims Wrong(string error) => new() { Error = error };

    private static bool TryTime(JsonElement claims, string name, out DateTimeOffset? time)
    {
        time = null;
        if (!claims.TryGetProperty(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds) || !(seconds is >= 0 and <= SecondsMax))
        {
            return false;
        }

        time = DateTimeOffset.UnixEpoch.AddSeconds(Math.Min(seconds, SecondsMax - 86_400));     // room for the leeway
        return true;
    }

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A list of text, or a single text; anything else holds no words.</summary>
    private static string[] Words(JsonElement claims, string name, bool splits)
    {
        if (claims.ValueKind != JsonValueKind.Object || !claims.TryGetProperty(name, out var value))
        {
            return [];
        }

        return value.ValueKind switch
        {
            JsonValueKind.String when splits => value.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array => [.. value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
            _ => [],
        };
    }
}
