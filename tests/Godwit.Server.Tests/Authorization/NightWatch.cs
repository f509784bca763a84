using Godwit.Broker.Security;
using Godwit.Server.Security.Authorization;

namespace Godwit.Server.Tests.Authorization;

/// <summary>The sample of docs/permissions.md.</summary>
internal sealed class NightWatch(TimeProvider time) : IAuthorizer
{
    public string Name => "night watch";

    public async ValueTask<AuthorizationVerdict> AuthorizeAsync(AuthorizationRequest request, CancellationToken cancellation)
    {
        if (request.Action != AccessAction.Publish || !request.Topic.StartsWith("doors/", StringComparison.Ordinal))
        {
            return AuthorizationVerdict.Ignore("night watch: not about doors");
        }

        await Task.Delay(TimeSpan.FromMilliseconds(10), time, cancellation);        // whoever has to be asked
        return time.GetUtcNow().Hour is >= 6 and < 22
            ? AuthorizationVerdict.Allow("night watch: it is day")
            : AuthorizationVerdict.Deny("night watch: it is night");
    }
}
