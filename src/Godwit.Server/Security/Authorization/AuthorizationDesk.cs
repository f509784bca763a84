using Godwit.Broker;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol.Topics;
using Godwit.Server.Security.Acl;

namespace Godwit.Server.Security.Authorization;

/// <summary>Asks sources for the shards and for the listeners, and brings them the answers. Any thread.</summary>
/// <param name="core">The broker.</param>
/// <param name="policy">Its rules; on trial nothing is denied.</param>
/// <param name="service">Who is asked.</param>
internal sealed class AuthorizationDesk(BrokerCore core, AclPolicy policy, AuthorizationService service)
{
    /// <summary>Somebody is asked where no rule decides.</summary>
    internal bool HasSources => service.HasSources;

    /// <inheritdoc cref="IShardWorld.Ask"/>
    internal void Ask(Connection connection, int shardIndex, AccessInquiry inquiry)
    {
        var (clientId, identity) = (connection.ClientId, connection.Identity);
        _ = Task.Run(async () =>
        {
            var answers = await AskAllAsync(clientId, identity, inquiry.Questions, CancellationToken.None).ConfigureAwait(false);
            core.Post(shardIndex, new HostCall(shard => shard.Answered(connection, inquiry, answers)));
        });
    }

    /// <summary>What was answered about a client; for its identity. Null: nobody is asked.</summary>
    internal ClientAnswers? AnswersOf(string? userName, string clientId) => service.HasSources ? service.AnswersOf(userName, clientId) : null;

    /// <summary>Asks what a CONNECT needs: the right to publish its will, and what the subscriptions of its session rest on.</summary>
    /// <param name="connect">The whole CONNECT packet, accepted.</param>
    /// <param name="clientId">The client identifier that counts.</param>
    /// <param name="identity">Who the client is.</param>
    /// <param name="cancellation">The client has gone.</param>
    /// <returns>The answer about the will.</returns>
    internal async Task<AccessAnswer> PrepareAsync(byte[] connect, string clientId, Identity identity, CancellationToken cancellation)
    {
        var will = core.Handshake.WillQuestion(connect, clientId, identity, out var isCleanStart);
        var answer = AccessAnswer.Undecided;
        if (will is not null)
        {
            answer = (await AskAllAsync(clientId, identity, [will], cancellation).ConfigureAwait(false))[0];
        }

        if (!isCleanStart)
        {
            var subscriptions = await UndecidedAsync(clientId, identity, cancellation).ConfigureAwait(false);
            await AskAllAsync(clientId, identity, subscriptions, cancellation).ConfigureAwait(false);
        }

        return answer;
    }

    /// <summary>A client is in. Without its session there is no subscription of which an answer is to be kept.</summary>
    internal static void Connected(Connection connection, bool sessionPresent)
    {
        if (!sessionPresent && connection.Identity?.Answers is ClientAnswers answers)
        {
            answers.ForgetFilters();
        }
    }

    /// <summary>A subscription was taken back.</summary>
    /// <param name="connection">Whose.</param>
    /// <param name="topicFilter">As the client names it.</param>
    internal static void Unsubscribed(Connection connection, ReadOnlySpan<byte> topicFilter)
    {
        if (connection.Identity is { Answers: ClientAnswers answers } identity && TopicFilter.TryParse(topicFilter, out var filter))
        {
            answers.Forget([.. identity.Listener?.MountPoint ?? [], .. filter.Filter]);
        }
    }

    private async Task<IReadOnlyList<AccessAnswer>> AskAllAsync(
        string clientId, Identity? identity, IReadOnlyList<AccessQuestion> questions, CancellationToken cancellation) =>
        await Task.WhenAll(questions.Select(async question => await AskAsync(clientId, identity, question, cancellation).ConfigureAwait(false))).ConfigureAwait(false);

    private async Task<AccessAnswer> AskAsync(string clientId, Identity? identity, AccessQuestion question, CancellationToken cancellation)
    {
        var verdict = await service.AskAsync(clientId, identity, question, cancellation).ConfigureAwait(false);
        if (verdict.IsAllowed == true)
        {
            return AccessAnswer.Allowed;
        }

        if (policy.IsOnTrial(identity))
        {
            policy.ReportTrial(new Subject(clientId, identity), question);
            return AccessAnswer.Allowed;
        }

        return verdict.IsFailure ? AccessAnswer.Undecided : AccessAnswer.Denied;
    }

    private async Task<IReadOnlyList<AccessQuestion>> UndecidedAsync(string clientId, Identity identity, CancellationToken cancellation)
    {
        var found = new TaskCompletionSource<IReadOnlyList<AccessQuestion>>(TaskCreationOptions.RunContinuationsAsynchronously);
        core.Post(core.ShardOf(clientId), new HostCall(shard => found.TrySetResult(shard.UndecidedSubscriptions(clientId, identity))));
        return await found.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }
}
