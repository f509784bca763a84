using Godwit.Broker;
using Godwit.Broker.Log;
using Godwit.Simulation.Disks;
using Godwit.Simulation.Networks;
using Godwit.Simulation.Oracles;
using Godwit.Simulation.Runs;
using Godwit.Simulation.Worlds;

namespace Godwit.Simulation.Hosts;

/// <summary>The machine on which the broker runs: its disk and clock, and one life of the process after another.</summary>
internal sealed class Machine
{
    private const long Year = 365L * 86_400_000;

    private readonly Timeline _timeline;
    private readonly SeededRandom _random;
    private readonly RunPlan _plan;
    private readonly Oracle _oracle;
    private BrokerHost? _host;
    private bool _wasFull;
    private bool _hasJumped;
    private bool _isPowerCut;           // the next end of the process is one
    private long _clockOffsetMs;        // between virtual time and the store's UTC, of the last life

    public Machine(Timeline timeline, SeededRandom random, RunPlan plan, Oracle oracle, Trace trace)
    {
        _timeline = timeline;
        _random = random;
        _plan = plan;
        _oracle = oracle;
        Store = plan.Store.IsDurable ? new BrokerStore(timeline, random.Fork(), plan, trace) : null;
        _clockOffsetMs = Store?.UtcOffsetMs ?? 0;
        _host = new BrokerHost(this, timeline, random.Fork(), plan, oracle);
        _host.Recover();
        PlanCrash();
        PlanFault();
        PlanFull();
    }

    /// <summary>Its disk; null: the broker keeps nothing.</summary>
    public BrokerStore? Store { get; }

    /// <summary>The broker; null while it is down.</summary>
    public BrokerCore? Core => _host?.Core;

    /// <summary>Faults have stopped.</summary>
    public bool IsCalm { get; private set; }

    /// <summary>What the processes have counted that have gone.</summary>
    public BrokerCounters Lost { get; } = new();

    /// <summary>The broker is up, no input waits and nothing waits for the disk.</summary>
    public bool IsAtRest => _host is { IsSettled: true, IsFull: false };

    /// <summary>A client opens a connection; nobody answers while the broker is down.</summary>
    public void Accept(Link link)
    {
        if (_host is { } host)
        {
            host.Accept(link);
        }
        else
        {
            link.CloseByBroker();
        }
    }

    /// <summary>Nothing goes wrong any more.</summary>
    public void Calm()
    {
        IsCalm = true;
        if (Store is { } store)
        {
            store.Doom.Disarm();
            store.NextFault = DiskFault.None;
            store.Disk.CapacityBytes = long.MaxValue;
        }
    }

    /// <summary>The run is over.</summary>
    public void NoteStore() => _host?.NoteStore();

    /// <summary>The process has come to its end in the middle of something.</summary>
    public void Ended(BrokerHost host)
    {
        if (host == _host)
        {
            Crash();
        }
    }

    /// <summary>The journal's health has changed.</summary>
    public void HealthChanged(BrokerHost host, StoreHealth health)
    {
        _oracle.Say(_timeline.NowMs, $"the store is {health}");
        _oracle.SetFull(health >= StoreHealth.Full);
        if (health == StoreHealth.Full)
        {
            _oracle.Hit(Situation.StoreFull);
            _wasFull = true;
        }
        else if (health == StoreHealth.Failed)
        {
            _oracle.Hit(Situation.StoreFailed);
            _timeline.In(_random.Below(50), () => EndFailed(host));
        }
        else if (_wasFull)
        {
            _oracle.Hit(Situation.StoreHasSpaceAgain);
        }
    }

    /// <summary>The process says that its disk has failed, and ends; its manager starts it again.</summary>
    private void EndFailed(BrokerHost host)
    {
        if (host == _host)
        {
            _isPowerCut = false;
            Crash();
        }
    }

    private void PlanFault() => Plan(_plan.Store.FaultEveryMs, () =>
    {
        var isShort = _random.Chance(0.3);
        Store!.NextFault = isShort ? DiskFault.ShortWrite : DiskFault.IoError;
        Store.NextFaultOf = isShort || _random.Chance(0.4) ? DiskCallKind.Write : DiskCallKind.Flush;
        if (_plan.Store.CrashEveryMs > 0 && _random.Chance(0.5))
        {
            _timeline.In(_random.Between(1, 3000), BeginCrash);     // what a failed flush has lost shows after a power cut
        }
    });

    private void PlanFull() => Plan(_plan.Store.FullEveryMs, () =>
    {
        var disk = Store!.Disk;
        disk.CapacityBytes = disk.UsedBytes + _random.Below(_plan.Store.SegmentSizeBytes);
        _timeline.In(_random.Between(100, 10_000), () => disk.CapacityBytes = long.MaxValue);
    });

    /// <summary>Something happens again and again, until faults stop.</summary>
    private void Plan(int everyMs, Action happen)
    {
        if (everyMs == 0)
        {
            return;
        }

        _timeline.In(_random.Between(1, 2 * everyMs), () =>
        {
            if (!IsCalm)
            {
                happen();
                Plan(everyMs, happen);
            }
        });
    }

    private void PlanCrash()
    {
        Plan(_plan.Store.CrashEveryMs, BeginCrash);
    }

    /// <summary>The process ends now, or a few effects later.</summary>
    private void BeginCrash()
    {
        if (IsCalm || _host is not { } host || Store?.Doom.IsArmed == true)
        {
            return;
        }

        _isPowerCut = _random.Chance(_plan.Store.PowerCutChance);
        if (Store is null || _random.Chance(0.4))
        {
            Crash();
            return;
        }

        Store.Doom.Arm(_random.Below(_random.Pick<int>(3, 30)));
        _timeline.In(500, () =>
        {
            if (host == _host && Store.Doom.IsArmed)
            {
                Crash();
            }
        });
    }

    private void Crash()
    {
        Lost.Add(_host!.Core.SumCounters());
        Store?.Doom.Disarm();
        _host.Crash();
        _host = null;
        _oracle.Say(_timeline.NowMs, $"{(_isPowerCut ? "the power is cut" : "the process is killed")}, unflushed: {Store?.Disk.HasUnflushedBytes}");
        if (_isPowerCut && Store is { } store)
        {
            if (store.Disk.HasUnflushedBytes)
            {
                _oracle.Hit(Situation.PowerCutBeforeFlush);
            }

            store.Disk.Crash();
        }

        _oracle.Crashed(_timeline.NowMs, Store is not null);
        if (Store is null)
        {
            _host = new BrokerHost(this, _timeline, _random.Fork(), _plan, _oracle);
            return;
        }

        _timeline.In(_random.Below(_plan.Store.DownMaxMs + 1), Start);
    }

    /// <summary>The process comes up on what the last one has left; it may end again while it reads.</summary>
    private void Start()
    {
        JumpClock();
        var image = Store!.Look();
        var mayCrash = !IsCalm;
        while (mayCrash && _random.Chance(_plan.Store.CrashInRecoveryChance))
        {
            mayCrash = _random.Chance(0.5);
            image = EndInRecovery(image);
        }

        BrokerHost host;
        try
        {
            host = new BrokerHost(this, _timeline, _random.Fork(), _plan, _oracle);
        }
        catch (IOException)
        {
            _timeline.In(_random.Between(1, 500), Start);       // the disk fails, or is full: its manager tries again
            return;
        }

        JudgeClock(image);
        if (image.Report.TornTails.Count > 0)
        {
            _oracle.Hit(Situation.TornTailCut);
        }

        _oracle.SetFull(host.IsFull);
        _oracle.Restarted(image, _timeline.NowMs, _clockOffsetMs - image.UtcOffsetMs);
        _clockOffsetMs = image.UtcOffsetMs;
        _host = host;
        host.Recover();
    }

    private void JumpClock()
    {
        if (!_random.Chance(_plan.Store.ClockJumpChance))
        {
            return;
        }

        _hasJumped = true;
        var jump = _random.Pick<long>(_random.Between(-5000, 5000), _random.Between(-600, 600) * 1000L, _random.Between(-20, 20) * Year);
        Store!.UtcOffsetMs += jump;
        _oracle.Hit(jump < 0 ? Situation.ClockWentBack : Situation.ClockWentAhead);
    }

    /// <summary>The store's time goes on as if the clock were right, and no faster than the clock says (I13).</summary>
    private void JudgeClock(RecoveredImage image)
    {
        var isWrong = _hasJumped ? image.UtcOffsetMs > Math.Max(_clockOffsetMs, Store!.UtcOffsetMs) : image.UtcOffsetMs != _clockOffsetMs;
        if (isWrong)
        {
            throw Oracle.Violation("I13", $"the store's clock was {_clockOffsetMs} ahead and is {image.UtcOffsetMs}, and the system's is {Store!.UtcOffsetMs}");
        }
    }

    private static void JudgeSame(RecoveredImage before, RecoveredImage after)
    {
        var (first, second) = (before.ToString().Split('\n'), after.ToString().Split('\n'));
        if (first.Except(second, StringComparer.Ordinal).Concat(second.Except(first, StringComparer.Ordinal)).Any())
        {
            var (gone, come) = (string.Join("; ", first.Except(second, StringComparer.Ordinal)), string.Join("; ", second.Except(first, StringComparer.Ordinal)));
            throw Oracle.Violation("I11", $"a crash during recovery has changed what is recovered, from {gone} to {come}");
        }
    }

    /// <summary>Ends the process while it opens its store: the next one finds the same (I11).</summary>
    private RecoveredImage EndInRecovery(RecoveredImage image)
    {
        var wasFlushed = !Store!.Disk.HasUnflushedBytes && !Store.HasFailed;
        Store.Doom.Arm(_random.Below(40));
        try
        {
            Store.OpenAndLeave(_timeline.NowMs);
        }
        catch (IOException)
        {
            // the disk fails again, or is full
        }
        catch (ProcessEndedException)
        {
            _oracle.Hit(Situation.CrashInRecovery);
        }

        Store.Doom.Disarm();
        var isPowerCut = _random.Chance(_plan.Store.PowerCutChance);
        if (isPowerCut)
        {
            Store.Disk.Crash();
        }

        var found = Store.Look();
        if (!_hasJumped && (wasFlushed || !isPowerCut))              // else the power cut took what the dead process had not flushed
        {
            JudgeSame(image, found);
        }

        return found;
    }
}
