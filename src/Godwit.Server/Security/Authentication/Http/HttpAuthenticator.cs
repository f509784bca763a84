using System.Net;
using System.Net.Http.Headers;
using Godwit.Broker.Security;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authentication.Guards;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Security.Authentication.Http;

/// <summary>
/// Asks a service about each login, by POST; docs/authentication.md says how question and answer look. When the service does not answer, or
/// not as it should, nobody comes in; after failures in a row it is left alone for a while. A yes is remembered for a time.
/// </summary>
internal sealed class HttpAuthenticator : GatedAuthenticator, IDisposable
{
    private const int AnswerBytesMax = 256 << 10;
    private const int WaitingPerPlace = 16;

    private readonly string _name;
    private readonly HttpSettings _settings;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Uri _url;
    private readonly HttpClient _client;
    private readonly SemaphoreSlim _places;
    private readonly CircuitBreaker _breaker;
    private readonly Lock _lock = new();
    private readonly BoundedTable<SecretDigest, (AuthenticationVerdict Verdict, long Until)> _known;
    private int _waiting;

    /// <summary>Makes a source; asks nothing yet.</summary>
    internal HttpAuthenticator(string name, HttpSettings settings, string? token, TimeProvider time, ILogger logger)
    {
        (_name, _settings, _time, _logger) = (name, settings, time, logger);
        _authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        _url = new Uri(settings.Url!);
        _client = OutgoingHttp.Create(AnswerBytesMax, settings.ConcurrentMax);
        _places = new SemaphoreSlim(settings.ConcurrentMax);
        _breaker = new CircuitBreaker(time, settings.BreakAfter, TimeSpan.FromMilliseconds(settings.BreakMs));
        _known = new BoundedTable<SecretDigest, (AuthenticationVerdict, long)>(Math.Max(2, settings.CacheEntriesMax));
    }

    /// <inheritdoc/>
    public override string Name => _name;

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _places.Dispose();
    }

    internal override async ValueTask<AuthenticationVerdict> AuthenticateAsync(AuthenticationRequest request, LoginAttempt? attempt, CancellationToken cancellation)
    {
        if (request.Method is not null)
        {
            return AuthenticationVerdict.Unknown($"{_name}: another method");
        }

        var question = HttpQuestion.Write(request, _settings.Form);
        var digest = SecretDigest.Of(_name, question);
        if (Find(digest) is { } known)
        {
            return known;
        }

        if (attempt is not null && await attempt.AdmitAsync(cancellation).ConfigureAwait(false) is { } tooMany)
        {
            return tooMany;
        }

        if (!_breaker.MayTry())
        {
            return AuthenticationVerdict.Refuse(ConnackReasonCode.ServerUnavailable, $"{_name}: the service has failed too often and is left alone");
        }

        var verdict = await AskInTurnAsync(question, request.UserName, cancellation).ConfigureAwait(false);
        if (verdict.Code == ConnackReasonCode.Success)
        {
            Remember(digest, verdict);
        }

        return verdict;
    }

    private async ValueTask<AuthenticationVerdict> AskInTurnAsync(byte[] question, string? userName, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _waiting) > _settings.ConcurrentMax * (1 + WaitingPerPlace))
        {
            Interlocked.Decrement(ref _waiting);
            return AuthenticationVerdict.Refuse(ConnackReasonCode.ServerBusy, $"{_name}: too many questions wait");
        }

        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(_settings.TimeLimitMs), _time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
            await _places.WaitAsync(both.Token).ConfigureAwait(false);
            try
            {
                return await AskAsync(question, userName, both.Token).ConfigureAwait(false);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failed("no answer in time");
        }
        catch (HttpRequestException exception)
        {
            return Failed(exception.HttpRequestError.ToString());
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async ValueTask<AuthenticationVerdict> AskAsync(byte[] question, string? userName, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(question) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(_settings.Form == HttpForm.Json ? "application/json" : "application/x-www-form-urlencoded");
        message.Headers.Authorization = _authorization;
        using var response = await _client.SendAsync(message, cancellation).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK or HttpStatusCode.NoContent:
                return Read(body, userName);

            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                _breaker.Succeeded();
                return AuthenticationVerdict.WrongPassword($"{_name}: refused");

            case HttpStatusCode.NotFound:
                _breaker.Succeeded();
                return AuthenticationVerdict.Unknown($"{_name}: no such user");

            default:
                return Failed($"status {(int)response.StatusCode}");
        }
    }

    private AuthenticationVerdict Read(byte[] body, string? userName)
    {
        if (!HttpAnswer.TryRead(body, out var answer))
        {
            return Failed("an answer that cannot be understood");
        }

        _breaker.Succeeded();
        switch (answer.Result)
        {
            case "deny":
                return AuthenticationVerdict.WrongPassword($"{_name}: refused");

            case "ignore":
                return AuthenticationVerdict.Unknown($"{_name}: ignored");
        }

        TopicRights? rights = null;
        if (answer.NamesTopics && !TopicRights.TryCreate(answer.Publish, answer.Subscribe, out rights, out var error))
        {
            return Failed(error);
        }

        var identity = new Identity { UserName = string.IsNullOrEmpty(userName) ? null : userName, Groups = answer.Groups, Rights = rights };
        return AuthenticationVerdict.Accept(identity, $"{_name}: accepted") with
        {
            ExpiresAt = answer.ExpiresInSeconds is { } seconds ? _time.GetUtcNow().AddSeconds(seconds) : null,
        };
    }

    private AuthenticationVerdict Failed(string reason)
    {
        if (_breaker.Failed())
        {
            AuthenticationLog.ServiceLeftAlone(_logger, _name, reason, _settings.BreakMs);
        }
        else
        {
            AuthenticationLog.ServiceFailed(_logger, _name, reason);
        }

        return AuthenticationVerdict.Refuse(ConnackReasonCode.ServerUnavailable, $"{_name}: {reason}");
    }

    private AuthenticationVerdict? Find(SecretDigest digest)
    {
        lock (_lock)
        {
            return _known.TryGet(digest, out var known) && known.Until > _time.GetTimestamp() ? known.Verdict : null;
        }
    }

    private void Remember(SecretDigest digest, AuthenticationVerdict verdict)
    {
        var stay = TimeSpan.FromSeconds(_settings.CacheSeconds);
        if (verdict.ExpiresAt - _time.GetUtcNow() is { } left && left < stay)
        {
            stay = left;
        }

        lock (_lock)
        {
            _known.Set(digest, (verdict, _time.GetTimestamp() + (long)(stay.TotalSeconds * _time.TimestampFrequency)));
        }
    }
}
