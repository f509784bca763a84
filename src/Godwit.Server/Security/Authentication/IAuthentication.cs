using Godwit.Server.Listeners;

namespace Godwit.Server.Security.Authentication;

/// <summary>Who may connect. Listeners ask it between a complete CONNECT and the shard; called from any thread.</summary>
public interface IAuthentication
{
    /// <summary>Nobody is asked: every client is let in as anonymous, and <see cref="AuthenticateAsync"/> need not be called.</summary>
    bool IsOpen { get; }

    /// <summary>Authentication Methods that it can carry out with AUTH packets (5.0 §4.12); a CONNECT with another is refused.</summary>
    IReadOnlyList<string> Methods => [];

    /// <summary>Judges a client. Never throws, except for its cancellation.</summary>
    /// <param name="request">Its buffers are valid until the answer.</param>
    /// <param name="cancellation">The client has gone, or the time for CONNECT is over.</param>
    ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellation);

    /// <summary>After a reload, about each client that is connected: does its login still hold? Answers at once.</summary>
    /// <param name="userName">Of the client; null: anonymous.</param>
    /// <param name="listener">Where it came in, as it is now.</param>
    bool StillAdmits(string? userName, ListenerOptions listener) => true;
}
