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
    private readonly HashScheduler _scheduler;
    private readonly ChainShare _share;
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
        _scheduler = new HashScheduler(settings.HashWorkers == 0 ? HashScheduler.DefaultWorkers : settings.HashWorkers, settings.HashQueueMax);
        _share = new ChainShare(
            new FailureGuard(time, settings.FailuresMax, TimeSpan.FromMilliseconds(settings.FailureDelayMsMax)),
            new WaitingRoom(time, settings.WaitingMax, TimeSpan.FromMilliseconds(settings.WaitMsMax)),
            TimeSpan.FromMilliseconds(settings.TimeLimitMs), time, logger);
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
    /// Reads everything again. Whoever is connected stays. When anything cannot be used, everything stays as it was. Logins that were remembered
    /// are forgotten with every password file that has changed.
    /// </summary>
    /// <param name="settings">What the configuration says now.</param>
    /// <param name="listeners">All listeners.</param>
    /// <exception cref="AuthenticationFileException">Something cannot be used: all errors at once; nothing has changed.</exception>
    public void Reload(AuthenticationSettings settings, IEnumerable<ListenerOptions> listeners)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var before = _set;
        try
        {
            _set = new ChainBuilder(settings, _share, _scheduler).Build([.. listeners], before);
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
        _ = DisposeLaterAsync(before.Owned.Except(_set.Owned).ToList());
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
}
