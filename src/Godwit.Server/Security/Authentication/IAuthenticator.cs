namespace Godwit.Server.Security.Authentication;

/// <summary>
/// One source of users: a password file, tokens, an HTTP service, a database, or one's own. Called from any thread, for many clients at
/// once. It accepts, refuses, or does not know the client; then the next one of the chain is asked. An exception is a refusal with
/// CONNACK 0x88 (3.x: 3): who cannot be asked lets nobody in.
/// </summary>
public interface IAuthenticator
{
    /// <summary>For the log and the configuration, e.g. <c>password file</c>.</summary>
    string Name { get; }

    /// <summary>Who is this?</summary>
    /// <param name="request">Its buffers are valid until the answer.</param>
    /// <param name="cancellation">The client has gone, or the time for CONNECT is over.</param>
    ValueTask<AuthenticationVerdict> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellation);
}
