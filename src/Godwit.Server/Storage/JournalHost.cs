using System.Globalization;
using Godwit.Broker;
using Godwit.Broker.Log;
using Godwit.Server.Hosting;
using Godwit.Server.Logging;
using Godwit.Server.Transports;
using Godwit.Storage.Files;
using Godwit.Storage.Journals;
using Godwit.Storage.Segments;
using Godwit.Storage.Tools;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Storage;

/// <summary>The journal of a running broker and the thread that writes it.</summary>
internal sealed class JournalHost : IDisposable
{
    private const string SeeToTheDisk = "Nothing has been lost; see to the disk or its rights.";

    private readonly WriterSignal _signal = new();
    private readonly string _directory;
    private readonly ILogger _logger;
    private readonly Action<Exception> _broken;
    private readonly Thread _thread;
    private readonly Journal _journal;
    private readonly BackupDesk _backups;
    private readonly ScrubThread _scrub;
    private BrokerCore? _core;          // set before the first commit
    private volatile bool _isStopping;

    private JournalHost(string directory, ServerOptions options, int shards, ILogger logger, Action<Exception> broken)
    {
        (_directory, _logger, _broken) = (directory, logger, broken);
        _journal = Journal.Open(new DiskFs(directory), OptionsOf(options, shards), MonotonicClock.NowMs, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        try
        {
            _backups = new BackupDesk(directory, _journal, logger, _signal.Set, StoreBackup.CopyDirectory);
            _scrub = new ScrubThread(directory, options.Store, _journal.Report.StoreId, _journal.Report.Damage, logger);
        }
        catch
        {
            _journal.Dispose();
            throw;
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "journal" };
    }

    /// <summary>The log port of the broker.</summary>
    internal IBrokerLog Log => _journal;

    /// <summary>Damaged ranges that are known. Any thread may ask.</summary>
    internal int DamageCount => _scrub.DamageCount;

    /// <summary>Reads the store of a directory, or makes one.</summary>
    /// <exception cref="ServerStartException">It cannot be read, or is damaged and that stops the start.</exception>
    internal static JournalHost Open(string directory, ServerOptions options, int shards, ILogger logger, Action<Exception> broken)
    {
        try
        {
            return new JournalHost(directory, options, shards, logger, broken);
        }
        catch (StoreDamagedException exception)
        {
            throw CannotOpen(directory, exception, "Start it with --on-corruption salvage to keep all else, or restore a backup.");
        }
        catch (StoreFormatException exception)
        {
            throw CannotOpen(directory, exception, "Or use another directory with --data.");
        }
        catch (StoreFullException exception)
        {
            throw CannotOpen(directory, exception, "Make room on that disk.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CannotOpen(directory, exception, SeeToTheDisk);
        }
    }

    /// <summary>Gives the broker what the store held, with a turn of every shard, and starts the thread.</summary>
    /// <exception cref="ServerStartException">The disk does not give again what it gave a moment ago.</exception>
    internal void Recover(BrokerCore core)
    {
        _core = core;
        var startedMs = MonotonicClock.NowMs;
        try
        {
            core.Recover(startedMs);
        }
        catch (IOException exception)
        {
            throw CannotOpen(_directory, exception, SeeToTheDisk);
        }

        Report(core, MonotonicClock.NowMs - startedMs);
        _thread.Start();
        _scrub.Start();
    }

    /// <summary>Writes what is left and seals the log. After the last turn of every shard.</summary>
    internal void Stop()
    {
        _scrub.Stop();
        _isStopping = true;
        _signal.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _backups.Stop();
        _journal.Stop(MonotonicClock.NowMs);
    }

    public void Dispose()
    {
        _scrub.Dispose();
        _backups.Dispose();
        _journal.Dispose();
        _signal.Dispose();
    }

    private static ServerStartException CannotOpen(string directory, Exception exception, string advice) =>
        new($"The state in {directory} cannot be used: {exception.Message.TrimEnd('.')}. {advice}", ServerStartException.CannotRun);

    private JournalOptions OptionsOf(ServerOptions options, int shards) => new()
    {
        ShardCount = shards,
        NewStoreId = Guid.NewGuid(),
        Durability = options.Durability switch
        {
            DurabilityMode.Interval => Durability.Interval,
            DurabilityMode.Os => Durability.Os,
            _ => Durability.Sync,
        },
        FlushIntervalMs = options.Store.FlushIntervalMs,
        SegmentSizeBytes = options.Store.SegmentSizeBytes,
        StopOnDamage = options.StopOnCorruption,
        WakeWriter = _signal.Set,
        WakeShard = shard => _core?.Wake(shard),
        Post = (shard, read) => _core!.Post(shard, read),
        HealthChanged = OnHealthChanged,
        Alarm = alarm => ServerLog.StoreAlarm(_logger, alarm),
    };

    private void OnHealthChanged(StoreHealth health, string reason)
    {
        if (health == StoreHealth.Failed)
        {
            ServerLog.StoreFailed(_logger, reason);
            _broken(new IOException($"the store in {_directory} has failed: {reason}"));
        }
        else
        {
            ServerLog.StoreHealth(_logger, health.ToString().ToLower(CultureInfo.InvariantCulture), reason);
        }
    }

    private void Report(BrokerCore core, long milliseconds)
    {
        var counters = core.SumCounters();
        ServerLog.StateRead(_logger, _directory, core.SessionCount, core.SubscriptionCount, core.RetainedCount, counters.Queued, milliseconds);
        foreach (var finding in FindingsOf(_journal.Report))
        {
            ServerLog.StateFinding(_logger, _directory, finding);
        }

        foreach (var damage in _journal.Report.Damage)
        {
            ServerLog.StateDamaged(_logger, _directory, damage.ToString());
        }
    }

    /// <summary>What people should know, a sentence each.</summary>
    private static IEnumerable<string> FindingsOf(RecoveryReport report)
    {
        foreach (var tail in report.TornTails)
        {
            yield return $"{tail.SizeBytes} bytes at the end of {tail.File} (offset {tail.Offset}) were incomplete and have been cut off; nothing of them was acknowledged";
        }

        if (report.ClockCorrection is { } correction)
        {
            yield return correction;
        }

        if (report.UnreadableRecords > 0)
        {
            yield return $"{report.UnreadableRecords} records of an intact frame cannot be read by this version and are left out";
        }

        if (report.LostPositions > 0 && report.Damage.Count > 0)
        {
            yield return $"{report.LostPositions} queued messages were in the damaged part";
        }

        if (report.Quarantine.Count > 0)
        {
            yield return $"the damaged files are kept as they were found: {string.Join(", ", report.Quarantine)}";
        }

        if (report.NotQuarantined.Count > 0)
        {
            yield return $"there was no room to keep the damaged files: {string.Join(", ", report.NotQuarantined)}";
        }
    }

    private void Run()
    {
        try
        {
            while (!_isStopping)
            {
                var nowMs = MonotonicClock.NowMs;
                _signal.Prepare();
                var dueMs = Math.Min(_journal.RunOnce(nowMs), _backups.Look(nowMs));
                if (dueMs > nowMs && !_isStopping)
                {
                    _signal.Wait((int)(dueMs - nowMs));
                }
                else
                {
                    _signal.Cancel();
                }
            }
        }
#pragma warning disable CA1031 // The one handler of this thread: whatever it is, nothing is durable any more.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _broken(fault);
        }
    }
}
