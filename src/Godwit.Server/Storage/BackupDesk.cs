using Godwit.Broker.Log;
using Godwit.Server.Logging;
using Godwit.Storage.Journals;
using Godwit.Storage.Tools;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Storage;

/// <summary>
/// Makes the backups that tools ask for while the broker runs. On the thread of the journal a backup only begins and ends; the files, which do
/// not change meanwhile, are copied by a task of its own.
/// </summary>
internal sealed class BackupDesk : IDisposable
{
    private const long LookMs = 1_000;

    private readonly string _directory;
    private readonly Journal _journal;
    private readonly ILogger _logger;
    private readonly Action _wake;
    private readonly CancellationTokenSource _stopping = new();
    private BackupRequest? _request;
    private CancellationTokenSource? _cancel;
    private Task<string>? _copying;
    private long _lookAtMs = long.MinValue;

    /// <summary>Opens; requests from before are nobody's any more.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="journal">Its journal.</param>
    /// <param name="logger">The broker's log.</param>
    /// <param name="wake">Makes the journal's thread call <see cref="Look"/> soon.</param>
    internal BackupDesk(string directory, Journal journal, ILogger logger, Action wake)
    {
        (_directory, _journal, _logger, _wake) = (directory, journal, logger, wake);
        BackupRequest.TryWithdraw(directory);
    }

    /// <summary>Takes a request, or ends a backup whose files are copied. On the journal's thread.</summary>
    /// <returns>When it wants to be called again; earlier calls do no harm.</returns>
    internal long Look(long nowMs)
    {
        if (_copying is not null)
        {
            if (_journal.Health >= StoreHealth.Full)
            {
                _cancel!.Cancel();          // no segment is given back during a backup, and now they are needed
            }

            EndIfCopied();
        }

        if (nowMs >= _lookAtMs)
        {
            _lookAtMs = nowMs + LookMs;
            if (_copying is null)
            {
                TryBegin(nowMs);
            }
        }

        return _lookAtMs;
    }

    /// <summary>Breaks off what is going on. After the last call of <see cref="Look"/>.</summary>
    internal void Stop()
    {
        _stopping.Cancel();
        if (_copying is not null)
        {
            ((IAsyncResult)_copying).AsyncWaitHandle.WaitOne();
            EndIfCopied();
        }
    }

    public void Dispose()
    {
        _cancel?.Dispose();
        _stopping.Dispose();
    }

    private void TryBegin(long nowMs)
    {
        try
        {
            _request = BackupRequest.TryTake(_directory);
            if (_request is null)
            {
                return;
            }

            if (_journal.Health >= StoreHealth.Full)
            {
                End("the broker's disk is full: a backup would keep space from being given back");
                return;
            }

            ServerLog.BackupBegun(_logger, _request.Destination);
            var files = _journal.BeginBackup(nowMs);
            _cancel = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            var (destination, token) = (_request.Destination, _cancel.Token);
            _copying = Task.Factory.StartNew(
                () => Copy(destination, files, token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);   // a thread of its own
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            End(exception.Message);
        }
    }

    /// <summary>Copies the files; on a thread of its own.</summary>
    /// <returns>What went wrong; empty: nothing.</returns>
    private string Copy(string destination, IReadOnlyList<BackupFile> files, CancellationToken cancellationToken)
    {
        try
        {
            var pace = new HalfTime();
            StoreBackup.CopyDirectory(_directory, destination, files, _ => cancellationToken.WaitHandle.WaitOne(pace.RestMs()), cancellationToken);
            return "";
        }
        catch (OperationCanceledException)
        {
            return _stopping.IsCancellationRequested ? "the broker was stopped" : "the broker's disk became full";
        }
        catch (Exception exception) when (exception is StoreToolException or IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
        finally
        {
            _wake();
        }
    }

    private void EndIfCopied()
    {
        if (_copying is not { IsCompleted: true } copied)
        {
            return;
        }

        _journal.EndBackup();
        _copying = null;
        _cancel!.Dispose();
        _cancel = null;
        End(copied.IsCompletedSuccessfully ? copied.Result : copied.Exception?.GetBaseException().Message ?? "it was broken off");
    }

    private void End(string error)
    {
        if (_request is not { } request)
        {
            return;
        }

        _request = null;
        if (error.Length == 0)
        {
            ServerLog.BackupComplete(_logger, request.Destination);
        }
        else
        {
            ServerLog.BackupFailed(_logger, request.Destination, error);
        }

        try
        {
            request.Answer(_directory, error);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            ServerLog.BackupFailed(_logger, request.Destination, exception.Message);      // the tool will see that nobody answers
        }
    }
}
