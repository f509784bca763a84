using System.Net;
using System.Net.Sockets;
using Godwit.Bench.Clients;
using Godwit.Bench.Measurement;
using Godwit.Bench.Plans;
using Godwit.Bench.Sockets;
using Godwit.Bench.Workers;
using Godwit.Protocol;

namespace Godwit.Bench.Runs;

/// <summary>Leads the workers of one run from phase to phase, and takes a sample every second.</summary>
internal sealed class Coordinator : IDisposable
{
    private const int EventsMax = 512;
    private const double NsPerSecond = 1e9;

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan InterruptedPatience = TimeSpan.FromSeconds(1);

    private readonly RunState _run;
    private readonly List<Thread> _threads = [];
    private readonly Sampler _sampler;
    private readonly CancellationToken _interrupted;

    /// <summary>Starts the threads.</summary>
    /// <param name="plan">Checked.</param>
    /// <param name="report">Called once a second by the thread that leads the run.</param>
    /// <param name="interrupted">Ends the run early, with a result.</param>
    /// <exception cref="BenchException">The broker's name has no address, or there are too few addresses to connect from.</exception>
    internal Coordinator(BenchPlan plan, Action<BenchProgress> report, CancellationToken interrupted)
    {
        Plan = plan;
        _interrupted = interrupted;
        var broker = Resolve(plan);
        var sources = SourceAddresses.For(plan.SourceAddresses, broker.Address, plan.Connections);
        if (SourceAddresses.AreTooFew(sources, plan.Connections))
        {
            throw new BenchException($"{plan.Connections} connections need several addresses of this machine (--ifaddr A,B): one has ports for about {SourceAddresses.PortsOfOneAddress}.");
        }

        Workload = new Workload(plan);
        _run = new RunState(plan, Workload, broker, sources) { StartNs = MonotonicTime.NowNs };
        _run.Publishers = [.. Enumerable.Range(0, plan.Publishers).Select(index => new Publisher(plan, index, Worker.WorkerOf(index, plan.Threads)))];
        _run.Workers = [.. Enumerable.Range(0, plan.Threads).Select(number => new Worker(_run, number, MakePoller(plan, number)))];
        _sampler = new Sampler(plan, _run.Workers, report);
        foreach (var worker in _run.Workers)
        {
            var thread = new Thread(worker.Run) { IsBackground = true, Name = $"bench {worker.Number}" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    internal BenchPlan Plan { get; }

    internal Workload Workload { get; }

    internal bool IsInterrupted => _interrupted.IsCancellationRequested;

    internal string? FirstError => _run.FirstError;

    internal IReadOnlyList<BenchSample> Samples => _sampler.Samples;

    internal IReadOnlyList<Worker> Workers => _run.Workers;

    internal long MeasureFromNs
    {
        set => _run.MeasureFromNs = value;
    }

    internal static double SecondsBetween(long fromNs, long toNs) => toNs > fromNs ? (toNs - fromNs) / NsPerSecond : 0;

    internal BenchTotals Totals() => BenchTotals.Of(_run.Workers);

    internal ResourceUsage Usage() => ResourceUsage.Sample(Plan.BrokerPid);

    /// <summary>All workers go on with a phase, and have begun it when this returns.</summary>
    internal void Enter(RunPhase phase)
    {
        _run.Enter(phase);
        while (_run.Workers.Any(worker => worker.PhaseSeen != _run.Phase))
        {
            ThrowFault();
            Thread.Yield();
        }
    }

    /// <summary>How subscribers connect from now on.</summary>
    internal void SetSubscribers(bool cleanStart, bool subscribes)
    {
        _run.CleanStart = cleanStart;
        _run.Subscribes = subscribes;
    }

    internal LatencyHistogram Merge(Func<WorkerCounters, LatencyHistogram> of)
    {
        var merged = new LatencyHistogram();
        foreach (var worker in _run.Workers)
        {
            merged.Add(of(worker.Counters));
        }

        return merged;
    }

    /// <summary>Connects all publishers or all subscribers.</summary>
    /// <exception cref="BenchException">Not one connection came up.</exception>
    internal void OpenAll(bool publishers)
    {
        var wanted = publishers ? Plan.Publishers : Plan.Subscribers;
        if (wanted == 0)
        {
            return;
        }

        var before = Totals();
        _sampler.Begin(publishers ? "connecting publishers" : "connecting subscribers", TimeSpan.Zero);
        Enter(publishers ? RunPhase.OpenPublishers : RunPhase.OpenSubscribers);
        var ready = 0L;
        WaitWhileMoving(ConnectPatience, () =>
        {
            var totals = Totals();
            ready = publishers ? totals.ReadyPublishers - before.ReadyPublishers : totals.ReadySubscribers - before.ReadySubscribers;
            var failed = totals.FailedConnects - before.FailedConnects;
            return (ready + failed, ready + failed >= wanted || IsInterrupted);
        });
        if (ready == 0 && !IsInterrupted)
        {
            throw new BenchException($"no connection to {Plan.Host} port {Plan.Port} came up: {FirstError ?? "the broker does not answer"}.");
        }
    }

    /// <summary>Lets the time pass that the plan measures; zero is until the run is interrupted.</summary>
    internal void Measure(string stage) => Sleep(stage, Plan.Duration == TimeSpan.Zero ? TimeSpan.MaxValue : Plan.Duration);

    /// <summary>Lets time pass.</summary>
    internal void Sleep(string stage, TimeSpan length)
    {
        _sampler.Begin(stage, length == TimeSpan.MaxValue ? TimeSpan.Zero : length);
        var fromNs = MonotonicTime.NowNs;
        while (!IsInterrupted && SecondsBetween(fromNs, MonotonicTime.NowNs) < length.TotalSeconds)
        {
            Tick();
        }
    }

    /// <summary>Lets a short time pass that nobody has to see.</summary>
    internal static void Pause(TimeSpan length) => Thread.Sleep(length);

    /// <summary>Waits until the number of messages is sent and acknowledged, or nothing moves.</summary>
    internal void PublishAll(string stage)
    {
        _sampler.Begin(stage, TimeSpan.Zero);
        Enter(RunPhase.Publish);
        WaitWhileMoving(Plan.Patience, () =>
        {
            var totals = Totals();
            var isDone = totals.Sent >= Plan.MessageCount && (Plan.QoS == QoS.AtMostOnce || totals.Acknowledged >= totals.Sent);
            return (totals.Sent + totals.Acknowledged, isDone || IsInterrupted);
        });
    }

    /// <summary>Waits until all that is due has come, or nothing moves.</summary>
    internal void Drain(long expected, bool awaitsAcknowledgements)
    {
        _sampler.Begin("draining", TimeSpan.Zero);
        WaitWhileMoving(IsInterrupted ? InterruptedPatience : Plan.Patience, () =>
        {
            var totals = Totals();
            var areAcknowledged = !awaitsAcknowledgements || Plan.QoS == QoS.AtMostOnce || totals.Acknowledged >= totals.Sent;
            return (totals.Received + totals.Acknowledged + totals.Sent, totals.Received >= expected && areAcknowledged);
        });
    }

    /// <summary>Waits until the broker has handled all that was published.</summary>
    internal void Barrier()
    {
        var before = Totals().Barriers;
        Enter(RunPhase.Barrier);
        WaitWhileMoving(ConnectPatience, () =>
        {
            var answered = Totals().Barriers - before;
            return (answered, answered >= Plan.Publishers || IsInterrupted);
        });
    }

    /// <summary>Disconnects everybody and ends the threads.</summary>
    public void Dispose()
    {
        if (_run.Fault is null)
        {
            Enter(RunPhase.ClosePublishers);
            Pause(TimeSpan.FromMilliseconds(30));       // the broker sees who leaves first
            Enter(RunPhase.CloseSubscribers);
        }

        _run.Enter(RunPhase.Exit);
        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private static ISocketPoller MakePoller(BenchPlan plan, int number)
    {
        var clients = Worker.ShareOf(plan.Publishers, plan.Threads, plan.Threads - 1 - number).Count()
            + Worker.ShareOf(plan.Subscribers, plan.Threads, number).Count();
        return OperatingSystem.IsLinux() && !plan.UsePortableLoop ? new EpollPoller(clients, EventsMax) : new PortablePoller(clients);
    }

    private static IPEndPoint Resolve(BenchPlan plan)
    {
        try
        {
            var addresses = Dns.GetHostAddresses(plan.Host);
            var address = addresses.FirstOrDefault(candidate => candidate.AddressFamily == AddressFamily.InterNetwork) ?? addresses.FirstOrDefault();
            return address is null ? throw new BenchException($"'{plan.Host}' has no address.") : new IPEndPoint(address, plan.Port);
        }
        catch (SocketException exception)
        {
            throw new BenchException($"'{plan.Host}' has no address.", exception);
        }
    }

    /// <summary>Waits for the end, or until nothing has moved for a time.</summary>
    private void WaitWhileMoving(TimeSpan patience, Func<(long Moved, bool IsDone)> look)
    {
        var last = -1L;
        var lastChangeNs = MonotonicTime.NowNs;
        while (true)
        {
            var (moved, isDone) = look();
            var nowNs = MonotonicTime.NowNs;
            if (moved != last)
            {
                last = moved;
                lastChangeNs = nowNs;
            }

            if (isDone || SecondsBetween(lastChangeNs, nowNs) > patience.TotalSeconds)
            {
                return;
            }

            Tick();
        }
    }

    private void ThrowFault()
    {
        if (_run.Fault is { } fault)
        {
            throw new InvalidOperationException("A thread of the load generator has failed: " + fault.Message, fault);
        }
    }

    private void Tick()
    {
        ThrowFault();
        Thread.Sleep(1);
        _sampler.Look();
    }
}
