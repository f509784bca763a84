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
    private const string Stopped = "the broker was stopped";
    private const long LookMs = 1_000;

    /// <summary>With pieces of 128 KB: at most some 25 MB/s, and 200 times a second a processor.</summary>
    private const int RestMsMin = 5;

    /// <summary>A destination that takes nothing for so long hangs; the segments are needed.</summary>
    private const long StalledMs = 600_000;

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    private readonly string _directory;
    private readonly Journal _journal;
    private readonly ILogger _logger;
    private readonly Action _wake;
    private readonly BackupCopier _copy;
    private readonly CancellationTokenSource _stopping = new();
    private BackupRequest? _request;            // null: nobody waits for what is being copied
    private CancellationTokenSource? _cancel;
    private Task<string>? _copying;
    private long _copiedBytes;
    private long _seenBytes;
    private long _seenAtMs;
    private long _lookAtMs = long.MinValue;

    /// <summary>Opens; requests from before are nobody's any more.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="journal">Its journal.</param>
    /// <param name="logger">The broker's log.</param>
    /// <param name="wake">Makes the journal's thread call <see cref="Look"/> soon.</param>
    /// <param name="copy">Copies the files: <see cref="StoreBackup.CopyDirectory"/>.</param>
    internal BackupDesk(string directory, Journal journal, ILogger logger, Action wake, BackupCopier copy)
    {
        (_directory, _journal, _logger, _wake, _copy) = (directory, journal, logger, wake, copy);
        BackupRequest.Clear(directory);
    }

    /// <summary>Takes a request, or ends a backup whose files are copied. On the journal's thread.</summary>
    /// <returns>When it wants to be called again; earlier calls do no harm.</returns>
    internal long Look(long nowMs)
    {
        EndIfCopied();
        if (_copying is not null && _request is not null)
        {
            GiveUpIfInTheWay(nowMs);
        }

        if (nowMs >= _lookAtMs)
        {
            _lookAtMs = nowMs + LookMs;
            TakeRequest(nowMs);
        }

        return _lookAtMs;
    }

    /// <summary>Breaks off what is going on. After the last call of <see cref="Look"/>.</summary>
    internal void Stop()
    {
        _stopping.Cancel();
        if (_copying is null)
        {
            return;
        }

        Task.WaitAny([_copying], StopTimeout);      // a disk that hangs does not keep the broker from ending
        EndIfCopied();
        if (_request is not null)
        {
            _journal.EndBackup();
            End(Stopped);
        }
    }

    public void Dispose()
    {
        _cancel?.Dispose();
        _stopping.Dispose();
    }

    private void TakeRequest(long nowMs)
    {
        try
        {
            if (BackupRequest.TryTake(_directory) is not { } request)
            {
                return;
            }

            if (_copying is not null)
            {
                var what = _request is { } other ? $"a backup to {other.Destination} is going on" : "an earlier backup, which was broken off, has not let go of its destination";
                Answer(request, $"{what}. Try again when it has ended.");
                return;
            }

            _request = request;
            Begin(request, nowMs);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            End(exception.Message);
        }
    }

    private void Begin(BackupRequest request, long nowMs)
    {
        if (!Path.IsPathFullyQualified(request.Destination))
        {
            End($"the destination '{request.Destination}' is no absolute path");
            return;
        }

        if (_journal.Health >= StoreHealth.Full)
        {
            End("the broker's disk is full: a backup would keep space from being given back");
            return;
        }

        ServerLog.BackupBegun(_logger, request.Destination);
        var files = _journal.BeginBackup(nowMs);
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        (_copiedBytes, _seenBytes, _seenAtMs) = (0, 0, nowMs);
        var token = _cancel.Token;
        _copying = Task.Factory.StartNew(
            () => Copy(request.Destination, files, token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);   // a thread of its own
    }

    /// <summary>Copies the files; on a thread of its own.</summary>
    /// <returns>What went wrong; empty: nothing.</returns>
    private string Copy(string destination, IReadOnlyList<BackupFile> files, CancellationToken cancellationToken)
    {
        try
        {
            var pace = new HalfTime(RestMsMin);
            void OnCopied(long count)
            {
                Interlocked.Add(ref _copiedBytes, count);
                cancellationToken.WaitHandle.WaitOne(pace.RestMs());
            }

            _copy(_directory, destination, files, OnCopied, cancellationToken);
            return "";
        }
        catch (OperationCanceledException)
        {
            return Stopped;
        }
        catch (Exception exception) when (exception is StoreToolException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return exception.Message;
        }
        finally
        {
            _wake();
        }
    }

    /// <summary>
    /// During a backup no segment is given back. When they are needed, or the copy hangs, the backup is over at once: the copy cannot become a
    /// store any more, so nothing has to wait until its thread has noticed.
    /// </summary>
    private void GiveUpIfInTheWay(long nowMs)
    {
        var copied = Interlocked.Read(ref _copiedBytes);
        if (copied != _seenBytes)
        {
            (_seenBytes, _seenAtMs) = (copied, nowMs);
        }

        var isFull = _journal.Health >= StoreHealth.Full;
        if (isFull || nowMs - _seenAtMs >= StalledMs)
        {
            _cancel!.Cancel();
            _journal.EndBackup();
            End(isFull ? "the broker's disk became full" : $"nothing could be copied for {StalledMs / 1_000} seconds");
        }
    }

    private void EndIfCopied()
    {
        if (_copying is not { IsCompleted: true } copied)
        {
            return;
        }

        _copying = null;
        _cancel!.Dispose();
        _cancel = null;
        if (_request is not null)
        {
            _journal.EndBackup();
            End(copied.IsCompletedSuccessfully ? copied.Result : copied.Exception?.GetBaseException().Message ?? Stopped);
        }
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

        Answer(request, error);
    }

    private void Answer(BackupRequest request, string error)
    {
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
