using System.Diagnostics;
using Godwit.Storage.Tools;

namespace Godwit.Cli.Commands;

/// <summary>Asks the running broker for a backup, and waits for it.</summary>
internal static class StoreLiveBackup
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    /// <summary>A broker looks once a second.</summary>
    private static readonly TimeSpan TakenWithin = TimeSpan.FromSeconds(15);

    /// <summary>Asks and waits.</summary>
    /// <param name="directory">The broker's data directory.</param>
    /// <param name="destination">Where the backup goes.</param>
    /// <param name="patience">How long nothing may be copied.</param>
    /// <param name="onCopied">Is told how many bytes were copied, again and again.</param>
    /// <param name="cancellationToken">Ends the waiting; a backup that has begun goes on.</param>
    /// <exception cref="StoreToolException">The broker refuses, ends, or does not answer.</exception>
    internal static void Run(string directory, string destination, TimeSpan patience, Action<long> onCopied, CancellationToken cancellationToken)
    {
        var request = BackupRequest.Place(directory, destination);
        try
        {
            Wait(request, directory, patience, onCopied, cancellationToken);
        }
        finally
        {
            request.Withdraw(directory);
        }
    }

    private static void Wait(BackupRequest request, string directory, TimeSpan patience, Action<long> onCopied, CancellationToken cancellationToken)
    {
        var isTaken = false;
        var copied = 0L;
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            if (request.TryTakeAnswer(directory) is { } error)
            {
                if (error.Length > 0)
                {
                    throw new StoreToolException($"The broker could not make the backup: {error}");
                }

                return;
            }

            if (!StoreLock.IsHeld(directory))
            {
                throw new StoreToolException($"The broker on {directory} has ended before the backup was complete. Repeat the command: it copies the store of a stopped broker itself.");
            }

            isTaken |= !File.Exists(Path.Combine(directory, BackupRequest.FileName));
            if (SizeOf(request.Destination) is var size && size != copied)
            {
                onCopied(size - copied);
                (copied, since) = (size, Stopwatch.GetTimestamp());
            }

            ThrowIfTooLong(isTaken, Stopwatch.GetElapsedTime(since), patience, directory);
            cancellationToken.WaitHandle.WaitOne(Between);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static void ThrowIfTooLong(bool isTaken, TimeSpan waited, TimeSpan patience, string directory)
    {
        if (!isTaken && waited > TakenWithin)
        {
            throw new StoreToolException(
                $"The broker on {directory} has not taken the request within {TakenWithin.TotalSeconds} seconds: it hangs, or it is of a version without backups. Stop it and repeat the command.");
        }

        if (isTaken && waited > patience)
        {
            throw new StoreToolException(
                $"The broker on {directory} has copied nothing for {patience.TotalSeconds} seconds. Its log says what it does; --timeout waits longer. The destination is no backup yet.");
        }
    }

    private static long SizeOf(string directory)
    {
        try
        {
            return Directory.Exists(directory) ? new DirectoryInfo(directory).EnumerateFiles().Sum(file => file.Length) : 0;
        }
        catch (IOException)
        {
            return 0;       // a file got its final name meanwhile
        }
    }
}
