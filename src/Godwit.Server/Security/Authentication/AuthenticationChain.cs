using Godwit.Broker.Security;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Listeners;
using Godwit.Server.Security.Authentication.Certificates;
using Godwit.Server.Security.Authentication.Guards;
using Godwit.Server.Security.Authentication.Passwords;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Security.Authentication;

/// <summary>
/// Sources of users that are asked one after another: the first that accepts or refuses has decided. Who names no user and no password is
/// anonymous, and asks the listener. Immutable; a reload makes a new one. Any thread.
/// </summary>
internal sealed class AuthenticationChain
{
    private readonly FailureGuard _guard;
    private readonly WaitingRoom _room;
    private readonly TimeSpan _timeLimit;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly (PasswordAuthenticator Authenticator, PasswordHash Like)? _nobody;

    /// <summary>Makes a chain.</summary>
    /// <param name="sources">In the order in which they are asked; empty: user names are not looked at, and everybody is anonymous.</param>
    /// <param name="isUserNameClientId">The user name is the client identifier.</param>
    /// <param name="shared">What all chains have in common.</param>
    /// <param name="nobody">Spends time for users that do not exist; null: no source hashes passwords.</param>
    internal AuthenticationChain(
        IReadOnlyList<IAuthenticator> sources, bool isUserNameClientId, ChainShare shared, (PasswordAuthenticator Authenticator, PasswordHash Like)? nobody)
    {
        Sources = sources;
        IsUserNameClientId = isUserNameClientId;
        (_guard, _room, _timeLimit, _time, _logger) = (shared.Guard, shared.Room, shared.TimeLimit, shared.Time, shared.Logger);
        _nobody = nobody;
    }

    /// <summary>In the order in which they are asked.</summary>
    internal IReadOnlyList<IAuthenticator> Sources { get; }

    /// <summary>The user name is the client identifier.</summary>
    internal bool IsUserNameClientId { get; }

    /// <inheritdoc cref="IAuthentication.AuthenticateAsync"/>
    internal async ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellation)
    {
        var verdict = await JudgeAsync(request, cancellation).ConfigureAwait(false);
        if (verdict.Code is not ConnackReasonCode.Success || verdict.Identity is not { } found)
        {
            return new AuthenticationResult(verdict.Code ?? ConnackReasonCode.BadUserNameOrPassword, Identity: null, verdict.Reason);
        }

        if (request.Principal is { } principal && !string.Equals(principal, found.UserName, StringComparison.Ordinal))
        {
            return new AuthenticationResult(ConnackReasonCode.NotAuthorized, Identity: null, "re-authentication as another user");
        }

        if (IsUserNameClientId && found.UserName is null)
        {
            return new AuthenticationResult(ConnackReasonCode.BadUserNameOrPassword, Identity: null, "the user name is the client identifier here, and there is none");
        }

        var identity = new Identity { UserName = found.UserName, Groups = found.Groups, Rights = found.Rights, Listener = found.Listener, Address = request.Address };
        return new AuthenticationResult(ConnackReasonCode.Success, identity, verdict.Reason)
        {
            ClientId = IsUserNameClientId ? found.UserName : null,
            Data = verdict.Data,
            ExpiresAt = verdict.ExpiresAt,
        };
    }

    private async ValueTask<AuthenticationVerdict> JudgeAsync(AuthenticationRequest request, CancellationToken cancellation)
    {
        if (CertificateAuthenticator.Decides(request.Listener))
        {
            return CertificateAuthenticator.Authenticate(request);
        }

        var isAnonymous = request is { UserName: null, Password: null, Method: null };
        if ((isAnonymous || Sources.Count == 0) && request.Method is null)
        {
            return IsAnonymousAllowed(request.Listener)
                ? AuthenticationVerdict.Accept(new Identity(), "anonymous")
                : AuthenticationVerdict.Refuse(ConnackReasonCode.NotAuthorized, "anonymous clients are not allowed on this listener");
        }

        var attempt = new LoginAttempt(request, _guard, _room);
        using var limit = new CancellationTokenSource(_timeLimit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            var verdict = await AskAsync(request, attempt, both.Token).ConfigureAwait(false);
            Count(request, attempt.UserName, verdict);
            return verdict;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return AuthenticationVerdict.Refuse(ConnackReasonCode.ServerUnavailable, "no answer in time");
        }
    }

    /// <summary>Once a source knows users, anonymous clients need the listener's explicit word.</summary>
    internal bool IsAnonymousAllowed(ListenerOptions listener) => listener.AllowAnonymous ?? (Sources.Count == 0 && listener.IsAnonymousAllowed);

    private async ValueTask<AuthenticationVerdict> AskAsync(AuthenticationRequest request, LoginAttempt attempt, CancellationToken cancellation)
    {
        foreach (var source in Sources)
        {
            var verdict = await AskAsync(source, request, attempt, cancellation).ConfigureAwait(false);
            if (verdict.Code is not null)
            {
                return verdict;
            }
        }

        if (request.Method is not null)
        {
            return AuthenticationVerdict.Refuse(ConnackReasonCode.BadAuthenticationMethod, "no source knows this authentication method");
        }

        // Who does not exist costs what a wrong password costs. Without hashes in this chain there is nothing to hide.
        return _nobody is { } nobody && await nobody.Authenticator.VerifyNobodyAsync(request, nobody.Like, attempt, cancellation).ConfigureAwait(false) is { } refusal
            ? refusal
            : AuthenticationVerdict.WrongPassword("no source knows this user");
    }

    private async ValueTask<AuthenticationVerdict> AskAsync(IAuthenticator source, AuthenticationRequest request, LoginAttempt attempt, CancellationToken cancellation)
    {
        try
        {
            return source is GatedAuthenticator gated
                ? await gated.AuthenticateAsync(request, attempt, cancellation).ConfigureAwait(false)
                : await attempt.AdmitAsync(cancellation).ConfigureAwait(false) ?? await source.AuthenticateAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // The message of an exception of a driver may hold what it was given; its kind says enough here, and the source logs the rest.
            AuthenticationLog.SourceFailed(_logger, source.Name, exception.GetType().Name);
            return AuthenticationVerdict.Refuse(ConnackReasonCode.ServerUnavailable, $"{source.Name}: cannot be asked");
        }
    }

    private void Count(AuthenticationRequest request, string userName, AuthenticationVerdict verdict)
    {
        if (verdict.Code == ConnackReasonCode.Success)
        {
            _guard.Succeeded(request.Address, userName);
        }
        else if (verdict.IsFailedLogin)
        {
            _guard.Failed(request.Address, userName, SecretDigest.Of(userName, (request.Password ?? request.Data).Span));
        }
    }
}
