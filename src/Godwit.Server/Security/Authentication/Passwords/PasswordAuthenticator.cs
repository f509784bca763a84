using Godwit.Broker.Security;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Security.Authentication.Guards;

namespace Godwit.Server.Security.Authentication.Passwords;

/// <summary>
/// Users with passwords. A login that was verified before costs no hash; another one is hashed on the <see cref="HashScheduler"/>, when its
/// address and its user have not failed too often.
/// </summary>
/// <param name="source">Where the hashes are.</param>
/// <param name="cache">Logins that were verified.</param>
/// <param name="scheduler">Where hashes are computed.</param>
/// <param name="rehash">Replaces weak hashes; null: they stay.</param>
internal sealed class PasswordAuthenticator(IPasswordSource source, LoginCache cache, HashScheduler scheduler, PasswordRehash? rehash = null) : GatedAuthenticator, IUserFile, IDisposable
{
    /// <inheritdoc/>
    public override string Name => source.Name;

    /// <summary>Where the hashes are.</summary>
    internal IPasswordSource Source => source;

    /// <summary>Weak hashes are replaced.</summary>
    internal bool Rehashes => rehash is not null;

    /// <inheritdoc/>
    IEnumerable<(string UserName, string Verifier)> IUserFile.Logins => source is PasswordFileSource { File.Users: var users } ? users.Select(user => (user.Key, user.Value.Encode())) : [];

    private string WrongReason => $"{Name}: wrong password";

    /// <inheritdoc/>
    public void Dispose() => (source as IDisposable)?.Dispose();

    /// <inheritdoc/>
    bool IUserFile.Has((string UserName, string Verifier) login) =>
        source is PasswordFileSource { File.Users: var users } && users.TryGetValue(login.UserName, out var hash) && string.Equals(hash.Encode(), login.Verifier, StringComparison.Ordinal);

    /// <inheritdoc/>
    bool IUserFile.HasReplaced((string UserName, string Verifier) login, IReadOnlyList<IUserFile> files) =>
        rehash?.Replacement(login.UserName) is { } next && files.Any(file => file.Has((login.UserName, next)));

    internal override async ValueTask<AuthenticationVerdict> AuthenticateAsync(
        AuthenticationRequest request, LoginAttempt? attempt, CancellationToken cancellation)
    {
        if (request.UserName is not { Length: > 0 } userName || request.Method is not null)
        {
            return AuthenticationVerdict.Unknown($"{Name}: no user name");
        }

        var login = DigestOf(request);
        if (source.IsRemote && !cache.WasRight(login) && await AdmitAsync(attempt, cancellation).ConfigureAwait(false) is { } tooMany)
        {
            return tooMany;
        }

        var user = await source.FindAsync(userName, cancellation).ConfigureAwait(false);
        if (user is null)
        {
            return AuthenticationVerdict.Unknown($"{Name}: no such user");
        }

        if (cache.IsRight(login, user.Hash.Fingerprint))
        {
            return Accept(userName, user, "known login");
        }

        return await AdmitAsync(attempt, cancellation).ConfigureAwait(false)
            ?? await VerifyAsync(request, user, login, attempt, cancellation).ConfigureAwait(false);
    }

    /// <summary>Spends the time that a wrong password of a known user takes, so that an answer does not tell who exists.</summary>
    /// <returns>Null when the time was spent; else a refusal, as for a known user.</returns>
    internal async ValueTask<AuthenticationVerdict?> VerifyNobodyAsync(
        AuthenticationRequest request, PasswordHash like, LoginAttempt attempt, CancellationToken cancellation)
    {
        var login = DigestOf(request);
        if (await AdmitAsync(attempt, cancellation).ConfigureAwait(false) is { } tooMany)
        {
            return tooMany;
        }

        var verdict = await VerifyAsync(request, new PasswordUser(like, []), login, attempt, cancellation, isNobody: true).ConfigureAwait(false);
        return verdict.IsFailedLogin ? null : verdict;
    }

    private async ValueTask<AuthenticationVerdict> VerifyAsync(
        AuthenticationRequest request, PasswordUser user, SecretDigest login, LoginAttempt? attempt, CancellationToken cancellation, bool isNobody = false)
    {
        if (cache.IsWrong(login, user.Hash.Fingerprint))
        {
            return AuthenticationVerdict.WrongPassword(WrongReason);
        }

        var password = request.Password ?? default;
        var outcome = await scheduler.RunAsync(
            AddressKey.Of(request.Address), () => attempt?.IsStillAdmitted != false, () => user.Hash.Verify(password.Span), cancellation).ConfigureAwait(false);
        switch (outcome)
        {
            case HashOutcome.Right when request.Password is not null && !isNobody:
                cache.Add(login, user.Hash.Fingerprint, isRight: true);
                rehash?.Consider(request.UserName!, user.Hash, password.Span, AddressKey.Of(request.Address));
                return Accept(request.UserName!, user, "right password");

            case HashOutcome.Right or HashOutcome.Wrong:
                cache.Add(login, user.Hash.Fingerprint, isRight: false);
                return AuthenticationVerdict.WrongPassword(request.Password is null ? $"{Name}: no password" : WrongReason);

            case HashOutcome.NotWanted:
                return AuthenticationVerdict.Refuse(ConnackReasonCode.ConnectionRateExceeded, $"{Name}: too many failed logins meanwhile; not judged");

            default:
                return AuthenticationVerdict.Refuse(ConnackReasonCode.ServerBusy, $"{Name}: too many logins wait for their turn");
        }
    }

    /// <summary>No password and an empty one are two logins.</summary>
    private static SecretDigest DigestOf(AuthenticationRequest request) =>
        SecretDigest.Of($"{(request.Password is null ? '-' : '+')}{request.UserName}", (request.Password ?? default).Span);

    private AuthenticationVerdict Accept(string userName, PasswordUser user, string reason) =>
        AuthenticationVerdict.Accept(new Identity { UserName = userName, Groups = user.Groups, Rights = user.Rights }, $"{Name}: {reason}");

    private static ValueTask<AuthenticationVerdict?> AdmitAsync(LoginAttempt? attempt, CancellationToken cancellation) =>
        attempt?.AdmitAsync(cancellation) ?? ValueTask.FromResult<AuthenticationVerdict?>(null);
}
