using Godwit.Broker.Security;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Security.Acl;

namespace Godwit.Server.Security.Authentication.Tokens;

/// <summary>
/// Tokens (JWT, RFC 7519) in the place of the password. Only algorithms of the configuration count, never what a token asks for, and a key is
/// used for algorithms of its kind only (RFC 8725).
/// </summary>
internal sealed class TokenAuthenticator : GatedAuthenticator, IDisposable
{
    private readonly string _name;
    private readonly TokenSettings _settings;
    private readonly ITokenKeys _keys;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<TokenAlgorithm> _algorithms;

    /// <summary>Makes a source.</summary>
    internal TokenAuthenticator(string name, TokenSettings settings, ITokenKeys keys, TimeProvider time)
    {
        (_name, _settings, _keys, _time) = (name, settings, keys, time);
        _algorithms = [.. settings.Algorithms.Select(TokenAlgorithm.Find).OfType<TokenAlgorithm>()];
    }

    /// <inheritdoc/>
    public override string Name => _name;

    /// <inheritdoc/>
    public void Dispose() => (_keys as IDisposable)?.Dispose();

    internal override async ValueTask<AuthenticationVerdict> AuthenticateAsync(
        AuthenticationRequest request, Guards.LoginAttempt? attempt, CancellationToken cancellation)
    {
        if (request.Method is not null || request.Password is not { } password || !SignedToken.TryRead(password.Span, out var token))
        {
            return AuthenticationVerdict.Unknown($"{_name}: no token");
        }

        if (!TokenClaims.IsFrom(token, _settings.Issuer))
        {
            return AuthenticationVerdict.Unknown($"{_name}: a token of another issuer");
        }

        if (_algorithms.FirstOrDefault(allowed => string.Equals(allowed.Name, token.Algorithm, StringComparison.Ordinal)) is not { } algorithm)
        {
            return Refuse("an algorithm that is not accepted");
        }

        var candidates = await CandidatesAsync(token, algorithm, cancellation).ConfigureAwait(false);
        if (candidates is null)
        {
            return AuthenticationVerdict.Refuse(ConnackReasonCode.ServerUnavailable, $"{_name}: there are no keys");
        }

        if (candidates.Count == 0)
        {
            return AuthenticationVerdict.Unknown($"{_name}: a token of an unknown key");
        }

        if (!candidates.Any(key => key.Verifies(algorithm, token.Signed, token.Signature)))
        {
            return Refuse("the signature is wrong");
        }

        var claims = TokenClaims.Of(token, _settings, _time.GetUtcNow());
        if (claims.Error.Length > 0)
        {
            return Refuse(claims.Error);
        }

        if (_settings.MatchUserName && request.UserName is { Length: > 0 } userName && !string.Equals(userName, claims.UserName, StringComparison.Ordinal))
        {
            return Refuse("the token of another user");
        }

        return Accept(claims);
    }

    private async ValueTask<List<TokenKey>?> CandidatesAsync(SignedToken token, TokenAlgorithm algorithm, CancellationToken cancellation)
    {
        var candidates = _keys.Current?.Candidates(token.KeyId, algorithm).ToList();
        if (candidates is { Count: > 0 })
        {
            return candidates;
        }

        await _keys.LookForNewAsync(cancellation).ConfigureAwait(false);
        return _keys.Current?.Candidates(token.KeyId, algorithm).ToList();
    }

    private AuthenticationVerdict Accept(TokenClaims claims)
    {
        object? rights = null;
        if (claims.Publish is not null)
        {
            if (!TopicRights.TryCreate(claims.Publish, claims.Subscribe ?? [], out var topics, out var error))
            {
                return Refuse(error);
            }

            rights = topics;
        }

        var identity = new Identity { UserName = claims.UserName, Groups = claims.Groups, Rights = rights };
        return AuthenticationVerdict.Accept(identity, $"{_name}: a token") with { ExpiresAt = claims.ExpiresAt };
    }

    private AuthenticationVerdict Refuse(string reason) => AuthenticationVerdict.Refuse(ConnackReasonCode.BadUserNameOrPassword, $"{_name}: {reason}");
}
