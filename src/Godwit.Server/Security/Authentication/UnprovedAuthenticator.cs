using Godwit.Broker.Security;

namespace Godwit.Server.Security.Authentication;

/// <summary>Every user name counts, whatever the password. For closed networks whose rules speak of user names, as with Mosquitto without a password file.</summary>
internal sealed class UnprovedAuthenticator(string name) : IAuthenticator
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public ValueTask<AuthenticationVerdict> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellation) => ValueTask.FromResult(
        request is { UserName: { Length: > 0 } userName, Method: null }
            ? AuthenticationVerdict.Accept(new Identity { UserName = userName }, $"{name}: nothing is proved")
            : AuthenticationVerdict.Unknown($"{name}: no user name"));
}
