using Godwit.Broker.Shards;
using Godwit.Server.Logging;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Transports;

/// <summary>
/// The thread that runs the turns of one shard and, in derived classes, owns its sockets. Only <see cref="Wake"/>,
/// <see cref="Start"/> and <see cref="Join"/> are called by other threads.
/// </summary>
internal abstract class ShardLoop : IDisposable
{
    /// <summary>Longest time from Stop to the end of the loop, in milliseconds: the last packets leave and peers close.</summary>
    private const int StopMs = ClosingSockets.LingerMs + 500;

    /// <summary>Rest when another shard's mailbox is too full to read publishers, in milliseconds.</summary>
    private const int ReadingPauseMs = 1;

    private readonly List<IDeferredInput> _deferred = [];
    private readonly Action<Exception> _broken;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private long _stopDeadlineMs = long.MaxValue;

    /// <summary>Makes the loop; it does not run yet.</summary>
    /// <param name="shard">Run by this loop only.</param>
    /// <param name="logger">For faults.</param>
    /// <param name="broken">Called once when the shard itself failed; the process must not go on delivering.</param>
    protected ShardLoop(Shard shard, ILogger logger, Action<Exception> broken)
    {
        Shard = shard;
        _logger = logger;
        _broken = broken;
        _thread = new Thread(Run) { IsBackground = true, Name = $"shard {shard.Index}" };
    }

    internal Shard Shard { get; }

    /// <summary>The time of this turn, in milliseconds; read once per turn.</summary>
    internal long NowMs { get; private set; }

    /// <summary>Another shard does not keep up: nothing is read in this turn. Looked at once per turn.</summary>
    internal bool IsReadingPaused { get; private set; }

    /// <summary>When this loop itself has something to do; long.MaxValue: never.</summary>
    protected virtual long OwnDeadlineMs => long.MaxValue;

    /// <summary>Connections or sockets are left that a stopping loop waits for.</summary>
    protected abstract bool HasSockets { get; }

    internal void Start() => _thread.Start();

    /// <summary>Makes the loop run a turn soon; any thread.</summary>
    internal abstract void Wake();

    /// <summary>Waits for the thread to end.</summary>
    internal bool Join(TimeSpan timeout) => _thread.Join(timeout);

    /// <summary>The input with which a host stops the shard: all clients are told and closed, then the loop ends.</summary>
    internal HostCall StopCall() => new(shard =>
    {
        shard.Stop();
        _stopDeadlineMs = NowMs + StopMs;
    });

    /// <summary>Offers input again in the next turns. Inside a turn.</summary>
    internal void Defer(IDeferredInput input) => _deferred.Add(input);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    /// <summary>Waits for input, at most this long, and keeps it for <see cref="HandleInput"/>.</summary>
    /// <param name="timeoutMs">0 does not wait, -1 is without limit.</param>
    protected abstract void Wait(int timeoutMs);

    /// <summary>Handles what <see cref="Wait"/> has found, between BeginTurn and EndTurn.</summary>
    protected abstract void HandleInput();

    /// <summary>After EndTurn: brings what the kernel watches in line with what the shard wants.</summary>
    /// <param name="isAnotherTurnDue">The next wait will not block.</param>
    protected abstract void FinishTurn(bool isAnotherTurnDue);

    /// <summary>Logs an exception of one connection's handler; the caller closes that connection, and no other.</summary>
    internal void LogFault(Connection connection, Exception fault) =>
        ServerLog.ConnectionFault(_logger, Printable.Escape(connection.ClientId), connection.RemoteAddress, fault);

    private void Run()
    {
        try
        {
            while (!IsFinished())
            {
                RunTurn();
            }
        }
#pragma warning disable CA1031 // The one handler of this loop: whatever it is, the shard can no longer be trusted.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _broken(fault);
        }
    }

    private void RunTurn()
    {
        IsReadingPaused = Shard.IsReadingPaused;
        if (IsReadingPaused && !Shard.HasWork)
        {
            Thread.Sleep(ReadingPauseMs);
            IsReadingPaused = Shard.IsReadingPaused;
            Wait(0);
        }
        else
        {
            Wait(TimeoutMs());
        }

        NowMs = MonotonicClock.NowMs;
        Shard.BeginTurn(NowMs);
        HandleInput();
        FeedDeferred();
        Shard.EndTurn();
        FinishTurn(Shard.HasWork);
    }

    private int TimeoutMs()
    {
        if (Shard.HasWork || IsAnyDeferredFeedable())
        {
            return 0;
        }

        var deadlineMs = Math.Min(Math.Min(Shard.NextDeadlineMs, OwnDeadlineMs), _stopDeadlineMs);
        if (deadlineMs == long.MaxValue)
        {
            return -1;
        }

        return (int)Math.Clamp(deadlineMs - MonotonicClock.NowMs, 0, int.MaxValue);
    }

    private bool IsFinished() =>
        _stopDeadlineMs != long.MaxValue && (!HasSockets || MonotonicClock.NowMs >= _stopDeadlineMs);

    private bool IsAnyDeferredFeedable()
    {
        foreach (var input in _deferred)
        {
            if (input.IsFeedable)
            {
                return true;
            }
        }

        return false;
    }

    private void FeedDeferred()
    {
        if (IsReadingPaused)
        {
            return;
        }

        for (var i = _deferred.Count - 1; i >= 0; i--)
        {
            if (_deferred[i].IsFeedable && _deferred[i].Feed(Shard))
            {
                _deferred.RemoveAt(i);
            }
        }
    }
}
