using Godwit.Server.Security.Authentication.Guards;

namespace Godwit.Server.Security.Authentication;

/// <summary>A source that knows some answers at once, and calls <see cref="LoginAttempt.AdmitAsync"/> before those that cost something.</summary>
internal abstract class GatedAuthenticator : IAuthenticator
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public ValueTask<AuthenticationVerdict> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellation) =>
        AuthenticateAsync(request, attempt: null, cancellation);

    /// <summary>Who is this?</summary>
    /// <param name="request">Its buffers are valid until the answer.</param>
    /// <param name="attempt">Slows who fails too often; null: nobody is slowed.</param>
    /// <param name="cancellation">The client has gone.</param>
    internal abstract ValueTask<AuthenticationVerdict> AuthenticateAsync(AuthenticationRequest request, LoginAttempt? attempt, CancellationToken cancellation);
}
