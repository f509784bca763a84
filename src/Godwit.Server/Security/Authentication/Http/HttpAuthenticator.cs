using System.Net;
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
    private readonly string _name;
    private readonly HttpSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AskedService _service;
    private readonly Lock _lock = new();
    private readonly BoundedTable<SecretDigest, (AuthenticationVerdict Verdict, long Until)> _known;

    /// <summary>Makes a source; asks nothing yet.</summary>
    internal HttpAuthenticator(string name, HttpSettings settings, string? token, TimeProvider time, ILogger logger)
    {
        (_name, _settings, _time, _logger) = (name, settings, time, logger);
        _service = new AskedService(settings, token, time);
        _known = new BoundedTable<SecretDigest, (AuthenticationVerdict, long)>(Math.Max(2, settings.CacheEntriesMax));
    }

    /// <inheritdoc/>
    public override string Name => _name;

    /// <inheritdoc/>
    public void Dispose() => _service.Dispose();

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

        if (!_service.MayTry())
        {
            return AuthenticationVerdict.Refuse(ConnackReasonCode.ServerUnavailable, $"{_name}: the service has failed too often and is left alone");
        }

        var verdict = await AskAsync(question, request.UserName, cancellation).ConfigureAwait(false);
        if (verdict.Code == ConnackReasonCode.Success)
        {
            Remember(digest, verdict);
        }

        return verdict;
    }

    private async ValueTask<AuthenticationVerdict> AskAsync(byte[] question, string? userName, CancellationToken cancellation)
    {
        var reply = await _service.AskAsync(question, cancellation).ConfigureAwait(false);
        if (reply.IsBusy)
        {
            return AuthenticationVerdict.Refuse(ConnackReasonCode.ServerBusy, $"{_name}: {reply.Failure}");
        }

        if (reply.Failure is { } failure)
        {
            return Failed(failure);
        }

        switch (reply.Status)
        {
            case HttpStatusCode.OK or HttpStatusCode.NoContent:
                return Read(reply.Body, userName);

            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                _service.Succeeded();
                return AuthenticationVerdict.WrongPassword($"{_name}: refused");

            case HttpStatusCode.NotFound:
                _service.Succeeded();
                return AuthenticationVerdict.Unknown($"{_name}: no such user");

            default:
                return Failed($"status {(int)reply.Status}");
        }
    }

    private AuthenticationVerdict Read(byte[] body, string? userName)
    {
        if (!HttpAnswer.TryRead(body, out var answer))
        {
            return Failed("an answer that cannot be understood");
        }

        _service.Succeeded();
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
        if (_service.Failed())
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
