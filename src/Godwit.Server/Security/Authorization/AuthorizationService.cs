using System.Text;
using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Server.Logging;
using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authentication.Guards;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Security.Authorization;

/// <summary>
/// The sources of rights that have to be waited for, one after another, and what they have answered. A failure of one is a no, at once and for this
/// question only. <see cref="Reload"/> replaces the sources; what was answered holds until it is too old. Any thread.
/// </summary>
internal sealed class AuthorizationService : IDisposable
{
    private const int LinesPerSecond = 1;
    private static readonly TimeSpan OldSourcesStay = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LineSampler _lines = new(LinesPerSecond);
    private readonly Lock _lock = new();
    private BoundedTable<(string? UserName, string ClientId), ClientAnswers> _clients;
    private AuthorizationSettings _settings;
    private volatile IAuthorizer[] _sources;
    private long _failures;

    /// <summary>Makes the sources; asks nothing yet.</summary>
    /// <exception cref="AuthenticationFileException">Something cannot be used.</exception>
    internal AuthorizationService(AuthorizationSettings settings, TimeProvider time, ILogger logger)
    {
        (_settings, _time, _logger) = (settings, time, logger);
        _clients = new(Math.Max(2, settings.CacheClientsMax));
        _sources = AuthorizerBuilder.Build(settings, time, logger);
    }

    /// <summary>Somebody is asked where no rule decides.</summary>
    internal bool HasSources => _sources.Length > 0;

    /// <summary>Who is asked, in this order.</summary>
    internal IReadOnlyList<string> Names => [.. _sources.Select(source => source.Name)];

    /// <summary>Time for one question, all sources together, in milliseconds.</summary>
    internal int TimeLimitMs { get; set; } = 5_000;

    /// <summary>Questions without an answer.</summary>
    internal long Failures => Interlocked.Read(ref _failures);

    /// <summary>Other sources from now on.</summary>
    /// <exception cref="AuthenticationFileException">Something cannot be used; nothing has changed.</exception>
    internal void Reload(AuthorizationSettings settings)
    {
        var before = _sources;
        var next = AuthorizerBuilder.Build(settings, _time, _logger);
        lock (_lock)
        {
            _settings = settings;
            _clients = new(Math.Max(2, settings.CacheClientsMax));
            _sources = next;
        }

        _ = DisposeLaterAsync([.. before.OfType<IDisposable>().Except(_settings.Own.OfType<IDisposable>())]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var source in _sources.OfType<IDisposable>().Except(_settings.Own.OfType<IDisposable>()))
        {
            source.Dispose();
        }
    }

    /// <summary>What was answered about a client; its identity holds it from now on.</summary>
    internal ClientAnswers AnswersOf(string? userName, string clientId)
    {
        lock (_lock)
        {
            if (!_clients.TryGet((userName, clientId), out var answers))
            {
                answers = new ClientAnswers(_settings.CacheEntriesMax);
                _clients.Set((userName, clientId), answers);
            }

            return answers;
        }
    }

    /// <summary>What is known of a question that no rule decides.</summary>
    internal AclDecision Decide(in AclRequest request, ReadOnlySpan<byte> topic)
    {
        var answers = AnswersOf(request.Identity, request.ClientId);
        if (request.Action == AclActions.Receive)
        {
            return DecideReceive(answers, request, topic);
        }

        var action = request.Action == AclActions.Publish ? AccessAction.Publish : AccessAction.Subscribe;
        var known = answers.Find(action, topic, request.QoS, action == AccessAction.Publish && request.Retain);
        return known is null || known.Until <= _time.GetTimestamp() ? new AclDecision(IsAllowed: false, AclGround.Undecided) : Decision(known);
    }

    /// <summary>A publisher of some time ago: is it known that it may no longer?</summary>
    internal bool IsKnownNo(in Subject publisher, ReadOnlySpan<byte> topic)
    {
        var answers = AnswersOf(publisher.Identity, publisher.ClientId);
        for (var qos = QoS.AtMostOnce; qos <= QoS.ExactlyOnce; qos++)
        {
            if (answers.Find(AccessAction.Publish, topic, qos, retain: true) is { IsAllowed: false } known && known.Until > _time.GetTimestamp())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Asks all sources in turn, and remembers what they say.</summary>
    internal async Task<AuthorizationVerdict> AskAsync(string clientId, Identity? identity, AccessQuestion question, CancellationToken cancellation)
    {
        var verdict = await AskSourcesAsync(RequestOf(clientId, identity, question), cancellation).ConfigureAwait(false);
        var isAllowed = verdict.IsAllowed == true;
        var seconds = isAllowed ? _settings.CacheSeconds : _settings.CacheDeniedSeconds;
        var stay = verdict.IsFailure ? 0 : seconds * _time.TimestampFrequency;
        var answer = new KnownAnswer(isAllowed, _time.GetTimestamp() + stay, verdict.Reason);
        if (AnswersOf(identity, clientId).TrySet(question, answer))
        {
            return verdict;
        }

        return Failed("the broker", "too many filters of one client are remembered (Acl:CacheEntriesMax)");
    }

    private ClientAnswers AnswersOf(Identity? identity, string clientId) => identity?.Answers as ClientAnswers ?? AnswersOf(identity?.UserName, clientId);

    /// <summary>
    /// A subscription rests on the answer about its filter. When that is too old it is asked anew, by the way; it holds until the answer is there, and
    /// ends when there is none in time.
    /// </summary>
    private AclDecision DecideReceive(ClientAnswers answers, in AclRequest request, ReadOnlySpan<byte> topic)
    {
        if (answers.FindReceive(topic, out var filter, out var qos) is not { } known)
        {
            return new AclDecision(IsAllowed: false, AclGround.Undecided);
        }

        var now = _time.GetTimestamp();
        if (known.Until > now)
        {
            return Decision(known);
        }

        if (known.TryAskAgain(now))
        {
            AskAgain(request.ClientId, request.Identity, new AccessQuestion(AccessAction.Subscribe, filter!, qos, retain: false));
        }

        var isInTime = _time.GetElapsedTime(known.AskedAgain, now).TotalMilliseconds < TimeLimitMs;
        return known.IsAllowed && isInTime ? Decision(known) : new AclDecision(IsAllowed: false, AclGround.Undecided);
    }

    private void AskAgain(string clientId, Identity? identity, AccessQuestion question) => _ = Task.Run(() => AskAsync(clientId, identity, question, CancellationToken.None));

    private static AclDecision Decision(KnownAnswer known) => new(known.IsAllowed, AclGround.Source) { Words = known.Reason };

    private static AuthorizationRequest RequestOf(string clientId, Identity? identity, AccessQuestion question) => new(
        clientId,
        identity?.UserName,
        identity?.Groups ?? [],
        identity?.Address,
        identity?.Listener?.Name,
        question.Action,
        Encoding.UTF8.GetString(question.Topic),
        question.QoS,
        question.Retain);

    private async Task<AuthorizationVerdict> AskSourcesAsync(AuthorizationRequest request, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(TimeLimitMs), _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        foreach (var source in _sources)
        {
            AuthorizationVerdict verdict;
            try
            {
                verdict = await source.AuthorizeAsync(request, both.Token).AsTask().WaitAsync(both.Token).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whoever cannot be asked allows nothing.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                // The message of an exception of a driver may hold what it was given; its kind says enough.
                verdict = AuthorizationVerdict.Fail(exception is OperationCanceledException ? "no answer in time" : exception.GetType().Name);
            }

            if (verdict.IsFailure)
            {
                return Failed(source.Name, verdict.Reason);
            }

            if (verdict.IsAllowed is not null)
            {
                return verdict;
            }
        }

        return AuthorizationVerdict.Deny("no rule and no source allows it");
    }

    private AuthorizationVerdict Failed(string source, string reason)
    {
        Interlocked.Increment(ref _failures);
        if (_lines.TryTake(Transports.MonotonicClock.NowMs, out var hidden))
        {
            SecurityLog.SourceFailed(_logger, source, reason, hidden);
        }

        return AuthorizationVerdict.Fail($"{source}: {reason}");
    }

    private async Task DisposeLaterAsync(List<IDisposable> old)
    {
        await Task.Delay(OldSourcesStay, _time).ConfigureAwait(false);
        foreach (var owned in old)
        {
            owned.Dispose();
        }
    }
}
