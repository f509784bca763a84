namespace Godwit.Server.Security.Authorization;

/// <summary>
/// One source of rights that has to be waited for: an HTTP service, a database, or one's own. It is asked where no rule decides: at a SUBSCRIBE, at
/// the first PUBLISH to a topic, and at CONNECT about the will; docs/permissions.md says what of an answer is remembered. Called from any thread, for
/// many clients at once. It allows, denies, or ignores the question; then the next one is asked. An exception, or no answer in time, is a no.
/// </summary>
public interface IAuthorizer
{
    /// <summary>For the log, e.g. <c>http</c>.</summary>
    string Name { get; }

    /// <summary>May this client do that?</summary>
    /// <param name="request">The question.</param>
    /// <param name="cancellation">The time is over: nobody waits for the answer.</param>
    ValueTask<AuthorizationVerdict> AuthorizeAsync(AuthorizationRequest request, CancellationToken cancellation);
}
