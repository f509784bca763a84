using Godwit.Server.Listeners;
using Godwit.Server.Logging;
using Godwit.Server.Security.Authentication.Guards;
using Godwit.Server.Security.Authentication.Passwords;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Security.Authentication;

/// <summary>
/// Who may connect to this server: the chains of the configuration, and what they have in common. <see cref="Reload"/> replaces all chains at once,
/// or none. Any thread.
/// </summary>
public sealed class AuthenticationService : IAuthentication, IDisposable
{
    private const int LinesPerSecond = 10;
    private static readonly TimeSpan OldSourcesStay = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private HashScheduler _scheduler;
    private ChainShare _share;
    private Numbers _numbers;
    private readonly Lock _lineLock = new();
    private volatile ChainSet _set;
    private long _lineSecond;
    private int _lines;
    private long _unsaid;

    /// <summary>Reads all files, and makes the chains.</summary>
    /// <param name="settings">What the configuration says.</param>
    /// <param name="listeners">All listeners: they may name chains.</param>
    /// <param name="time">Of delays, limits and tokens.</param>
    /// <param name="logger">Receives refused logins, and what fails.</param>
    /// <exception cref="AuthenticationFileException">Something cannot be used: all errors at once.</exception>
    public AuthenticationService(AuthenticationSettings settings, IEnumerable<ListenerOptions> listeners, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(time);
        (_time, _logger) = (time, logger);
        _numbers = Numbers.Of(settings);
        (_scheduler, _share) = (SchedulerOf(_numbers), ShareOf(_numbers, before: null));
        _set = new ChainBuilder(settings, _share, _scheduler).Build([.. listeners], before: null);
        WarnOfOpenFiles();
    }

    /// <inheritdoc/>
    public bool IsOpen => _set.IsOpen;

    /// <summary>Authentication Methods that can be carried out with AUTH packets (5.0 §4.12); listeners tell the core.</summary>
    public IReadOnlyList<string> Methods => _set.Methods;

    /// <summary>Every file that was read, for who watches them.</summary>
    public IReadOnlyList<string> Files => _set.Files;

    /// <summary>
    /// Reads everything again. <see cref="StillAdmits"/> tells whose login has gone with it. When anything cannot be used, everything stays as it was. Logins that were remembered
    /// are forgotten with every password file that has changed, and all of them when a number changes that all sources have in common.
    /// </summary>
    /// <param name="settings">What the configuration says now.</param>
    /// <param name="listeners">All listeners.</param>
    /// <exception cref="AuthenticationFileException">Something cannot be used: all errors at once; nothing has changed.</exception>
    public void Reload(AuthenticationSettings settings, IEnumerable<ListenerOptions> listeners)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var (before, scheduler, numbers) = (_set, _scheduler, Numbers.Of(settings));
        var isOther = numbers != _numbers;
        var (nextScheduler, nextShare) = isOther ? (SchedulerOf(numbers), ShareOf(numbers, (_numbers, _share))) : (_scheduler, _share);
        try
        {
            var next = new ChainBuilder(settings, nextShare, nextScheduler).Build([.. listeners], isOther ? null : before);
            next.Follow(before);
            _set = next;
            (_scheduler, _share, _numbers) = (nextScheduler, nextShare, numbers);
        }
        catch (AuthenticationFileException exception)
        {
            foreach (var error in exception.Errors)
            {
                AuthenticationLog.ReloadFailed(_logger, error);
            }

            throw;
        }

        AuthenticationLog.Reloaded(_logger, _set.ToString());
        WarnOfOpenFiles();
        _ = DisposeLaterAsync([.. before.Owned.Except(_set.Owned), .. isOther ? [scheduler] : Array.Empty<IDisposable>()]);
    }

    /// <summary>Users of files that the last reload has found gone, or with another password.</summary>
    public IReadOnlySet<string> Departed => _set.Departed;

    /// <inheritdoc/>
    public bool StillAdmits(string? userName, ListenerOptions listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        var set = _set;
        var chain = set.For(listener);
        return Certificates.CertificateAuthenticator.Decides(listener)
            || (userName is null || chain.Sources.Count == 0 ? chain.IsAnonymousAllowed(listener) : !set.Departed.Contains(userName));
    }

    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        var answer = _set.For(request.Listener).AuthenticateAsync(request, cancellation);
        if (!answer.IsCompletedSuccessfully)
        {
            return LogAsync(request, answer);
        }

        var result = answer.Result;
        Log(request, result);
        return ValueTask.FromResult(result);
    }

    /// <summary>Ends threads and connections to other services.</summary>
    public void Dispose()
    {
        _scheduler.Dispose();
        foreach (var owned in _set.Owned)
        {
            owned.Dispose();
        }
    }

    private async ValueTask<AuthenticationResult> LogAsync(AuthenticationRequest request, ValueTask<AuthenticationResult> answer)
    {
        var result = await answer.ConfigureAwait(false);
        Log(request, result);
        return result;
    }

    private void Log(AuthenticationRequest request, AuthenticationResult result)
    {
        if (!_logger.IsEnabled(result.IsAccepted ? LogLevel.Debug : LogLevel.Information))
        {
            return;
        }

        var clientId = Printable.Escape(request.ClientId);
        var userName = Printable.Escape(result.Identity?.UserName ?? request.UserName ?? "");
        var address = request.Address?.ToString() ?? "unix socket";
        if (result.IsAccepted)
        {
            AuthenticationLog.Accepted(_logger, clientId, userName, address, Printable.Escape(result.Reason));
        }
        else if (request.Principal is not null && MayWriteLine())       // who refuses a CONNECT says so itself
        {
            AuthenticationLog.Refused(_logger, clientId, userName, address, (byte)result.Code, Printable.Escape(result.Reason));
        }
    }

    /// <summary>A storm of refusals must not be a storm of lines: ten in a second, then their number.</summary>
    private bool MayWriteLine()
    {
        var second = _time.GetTimestamp() / _time.TimestampFrequency;
        long unsaid;
        lock (_lineLock)
        {
            if (second == _lineSecond && ++_lines > LinesPerSecond)
            {
                _unsaid++;
                return false;
            }

            if (second == _lineSecond)
            {
                return true;
            }

            (_lineSecond, _lines) = (second, 1);
            (unsaid, _unsaid) = (_unsaid, 0);
        }

        if (unsaid > 0)
        {
            AuthenticationLog.MoreRefused(_logger, unsaid);
        }

        return true;
    }

    private static HashScheduler SchedulerOf(Numbers numbers) =>
        new(numbers.HashWorkers == 0 ? HashScheduler.DefaultWorkers : numbers.HashWorkers, numbers.HashQueueMax);

    /// <summary>Failures that were counted stay counted, unless they are to be counted in another way.</summary>
    private ChainShare ShareOf(Numbers numbers, (Numbers Numbers, ChainShare Share)? before)
    {
        var guard = before is { } old && (old.Numbers.FailuresMax, old.Numbers.FailureDelayMsMax) == (numbers.FailuresMax, numbers.FailureDelayMsMax)
            ? old.Share.Guard
            : new FailureGuard(_time, numbers.FailuresMax, TimeSpan.FromMilliseconds(numbers.FailureDelayMsMax));
        return new ChainShare(
            guard,
            new WaitingRoom(_time, numbers.WaitingMax, TimeSpan.FromMilliseconds(numbers.WaitMsMax)),
            TimeSpan.FromMilliseconds(numbers.TimeLimitMs), _time, _logger);
    }

    private void WarnOfOpenFiles()
    {
        foreach (var file in _set.SecretFiles.Where(SecretFile.IsOpenToOthers))
        {
            AuthenticationLog.FileOpenToOthers(_logger, file);
        }

        foreach (var finding in _set.Findings)
        {
            AuthenticationLog.Finding(_logger, finding);
        }
    }

    /// <summary>Logins that are on their way still use the old sources.</summary>
    private async Task DisposeLaterAsync(List<IDisposable> old)
    {
        await Task.Delay(OldSourcesStay, _time).ConfigureAwait(false);
        foreach (var owned in old)
        {
            owned.Dispose();
        }
    }

    /// <summary>What all sources have in common.</summary>
    private readonly record struct Numbers(
        int HashWorkers, int HashQueueMax, int FailuresMax, int FailureDelayMsMax, int WaitMsMax, int WaitingMax, int TimeLimitMs)
    {
        internal static Numbers Of(AuthenticationSettings settings) => new(
            settings.HashWorkers, settings.HashQueueMax, settings.FailuresMax, settings.FailureDelayMsMax, settings.WaitMsMax, settings.WaitingMax, settings.TimeLimitMs);
    }
}
