using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Server.Security.Acl;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Security.Authorization;

/// <summary>A question to rules and sources without a broker, for who wants to know what would be decided.</summary>
public static class AclConsultation
{
    /// <summary>Decides.</summary>
    /// <param name="rules">Asked first.</param>
    /// <param name="settings">Of the sources.</param>
    /// <param name="isAsking">The sources are really asked; else an answer that needs them is not decided, and names them.</param>
    /// <param name="who">Who wants something.</param>
    /// <param name="action">One of publish, subscribe and receive.</param>
    /// <param name="topic">Topic Name, or with subscribe Topic Filter; UTF-8.</param>
    /// <param name="qos">Of the message or of the subscription.</param>
    /// <param name="retain">Of the message.</param>
    /// <param name="logger">For what fails.</param>
    /// <exception cref="Authentication.AuthenticationFileException">A source cannot be used.</exception>
    public static async Task<AclDecision> DecideAsync(
        AclSnapshot rules, AuthorizationSettings settings, bool isAsking, Subject who, AclActions action, ReadOnlyMemory<byte> topic, QoS qos, bool retain, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        using var service = new AuthorizationService(isAsking ? settings : NamesOf(settings), TimeProvider.System, logger);
        var policy = new AclPolicy(rules) { Asked = service };
        var decision = policy.Decide(who, action, topic.Span, qos, retain);
        if (decision.Ground != AclGround.Undecided)
        {
            return decision;
        }

        if (!isAsking)
        {
            return decision with { Words = $"{string.Join(", then ", service.Names)} has to be asked (--ask)" };
        }

        var wanted = action == AclActions.Publish ? AccessAction.Publish : AccessAction.Subscribe;      // who may subscribe to a topic receives it
        var verdict = await service.AskAsync(who.ClientId, who.Identity, new AccessQuestion(wanted, topic.ToArray(), qos, wanted == AccessAction.Publish && retain), CancellationToken.None)
            .ConfigureAwait(false);
        return new AclDecision(verdict.IsAllowed == true, AclGround.Source) { Words = verdict.Reason };
    }

    private static AuthorizationSettings NamesOf(AuthorizationSettings settings)
    {
        var names = new AuthorizationSettings();
        foreach (var name in AuthorizerBuilder.Names(settings))
        {
            names.Own.Add(new Named(name));
        }

        return names;
    }

    private sealed class Named(string name) : IAuthorizer
    {
        public string Name => name;

        public ValueTask<AuthorizationVerdict> AuthorizeAsync(AuthorizationRequest request, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
