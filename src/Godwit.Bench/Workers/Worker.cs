using System.Net;
using Godwit.Bench.Clients;
using Godwit.Bench.Plans;
using Godwit.Bench.Sockets;
using Godwit.Protocol;

namespace Godwit.Bench.Workers;

/// <summary>
/// One event loop with its share of the connections. A turn sends what may be sent, waits, and handles what came. The loop reads
/// the time from its poller and takes its orders from <see cref="RunState"/>, so a test can run it in time of its own.
/// </summary>
internal sealed partial class Worker
{
    /// <summary>Bytes gathered before they are sent.</summary>
    private const int WriteBatchSize = 64 * 1024;

    private const int ReadSize = 256 * 1024;
    private const int EventsMax = 512;
    private const long NsPerMs = 1_000_000;
    private const long NsPerSecond = 1_000_000_000;
    private const long IdleWaitNs = 10 * NsPerMs;
    private const long OpeningWaitNs = NsPerMs;

    private readonly RunState _run;
    private readonly BenchPlan _plan;
    private readonly Workload _workload;
    private readonly ISocketPoller _poller;
    private readonly Outbox _outbox;
    private readonly BenchClient[] _clients;        // by socket number
    private readonly BenchClient[] _subscribers;
    private readonly BenchClient[] _publishers;
    private readonly SocketEvent[] _events = new SocketEvent[EventsMax];
    private byte[] _buffer;
    private readonly bool[] _touched;               // workers whose publishers have got room
    private long _phase;
    private long _phaseStartNs;
    private int _opened;
    private int _opening;
    private long _pingsDone;
    private int _pingCursor;
    private long _pingsFromNs;

    /// <summary>A worker with its clients, of which none is connected yet.</summary>
    /// <param name="run">Shared by all workers.</param>
    /// <param name="number">Of this worker.</param>
    /// <param name="poller">Owned by the worker from now on; has a number for each client.</param>
    internal Worker(RunState run, int number, ISocketPoller poller)
    {
        _run = run;
        _plan = run.Plan;
        _workload = run.Workload;
        _poller = poller;
        Number = number;
        _credit = _plan.EffectiveCredit;
        _subscribers = [.. ShareOf(_plan.Subscribers, _plan.Threads, number).Select((index, i) => new BenchClient(i, index, publisher: null))];
        _publishers = [.. ShareOf(_plan.Publishers, _plan.Threads, _plan.Threads - 1 - number)
            .Select((index, i) => new BenchClient(_subscribers.Length + i, index, run.Publishers[index]))];
        _clients = [.. _subscribers, .. _publishers];
        _touched = new bool[_plan.Threads];
        var packetSizeMax = _workload.Packets.Length == 0 ? 0 : _workload.Packets.Max(packet => packet.SizeMax);
        _buffer = new byte[ReadSize + (4 * packetSizeMax)];
        _outbox = new Outbox(poller, WriteBatchSize + packetSizeMax);
    }

    internal int Number { get; }

    internal WorkerCounters Counters { get; } = new();

    /// <summary>The last phase that it has begun.</summary>
    internal long PhaseSeen => Volatile.Read(ref _phase);

    /// <summary>The numbers of all publishers or subscribers that one worker has.</summary>
    internal static IEnumerable<int> ShareOf(int count, int threads, int number)
    {
        for (var index = number; index < count; index += threads)
        {
            yield return index;
        }
    }

    /// <summary>The worker that has a publisher.</summary>
    internal static int WorkerOf(int publisher, int threads) => threads - 1 - (publisher % threads);

    /// <summary>Ends a wait; any thread.</summary>
    internal void Wake() => _poller.Wake();

    /// <summary>Turns, until the run ends.</summary>
    internal void Run()
    {
        if (_poller is EpollPoller)
        {
            EpollPoller.SharpenTimers();
        }

        try
        {
            while (Turn())
            {
                // A turn waits by itself.
            }
        }
#pragma warning disable CA1031 // The thread must not end the process; the coordinator throws it on.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _run.Fault = fault;
        }

        _poller.Dispose();
    }

    /// <summary>One turn.</summary>
    /// <returns>False: the run is over.</returns>
    internal bool Turn()
    {
        var phase = _run.Phase;
        if (RunState.PhaseOf(phase) == RunPhase.Exit)
        {
            return false;
        }

        if (phase != _phase)
        {
            EnterPhase(RunState.PhaseOf(phase));
            Volatile.Write(ref _phase, phase);
        }

        var waitNs = RunState.PhaseOf(phase) switch
        {
            RunPhase.OpenSubscribers => OpenMore(_subscribers),
            RunPhase.OpenPublishers => OpenMore(_publishers),
            RunPhase.Publish => Pump(),
            _ => IdleWaitNs,
        };
        PingSome();
        var count = _poller.Wait(_events, waitNs);
        for (var i = 0; i < count; i++)
        {
            Handle(_clients[_events[i].Client], _events[i].Events);
        }

        WakeOthers();
        return true;
    }

    private void EnterPhase(RunPhase phase)
    {
        _phaseStartNs = _poller.NowNs;
        switch (phase)
        {
            case RunPhase.OpenSubscribers or RunPhase.OpenPublishers:
                _opened = _opening = 0;
                break;

            case RunPhase.Barrier:
                foreach (var client in _publishers)
                {
                    client.IsAtBarrier = true;
                    SendPing(client, _phaseStartNs);
                }

                break;

            case RunPhase.ClearRetained:
                ClearRetained();
                break;

            case RunPhase.CloseSubscribers:
                Disconnect(_subscribers);
                break;

            case RunPhase.ClosePublishers:
                Disconnect(_publishers);
                break;

            default:
                break;
        }
    }

    private long OpenMore(BenchClient[] clients)
    {
        var allowed = clients.Length;
        if (_plan.ConnectRate > 0)
        {
            var due = ((double)(_poller.NowNs - _phaseStartNs) / NsPerSecond * _plan.ConnectRate / _plan.Threads) + 1;
            allowed = (int)Math.Min(due, allowed);
        }

        while (_opened < allowed && _opening < _plan.ConnectWindow)
        {
            Open(clients[_opened++]);
        }

        return OpeningWaitNs;
    }

    private void Open(BenchClient client)
    {
        client.ConnectStartNs = _poller.NowNs;
        client.State = ClientState.Connecting;
        _opening++;
        var address = client.Index + (client.Publisher is null ? 0 : _plan.Subscribers);
        IPAddress? source = _run.Sources.Count > 0 ? _run.Sources[address % _run.Sources.Count] : null;
        if (_poller.Open(client.Number, _run.Broker, source) is { } error)
        {
            _run.Report(error);
            Drop(client);
        }
    }

    private void BecomeReady(BenchClient client)
    {
        client.State = ClientState.Ready;
        _opening--;
        if (client.Publisher is null)
        {
            Counters.ReadySubscribers++;
        }
        else
        {
            Counters.ReadyPublishers++;
        }
    }

    /// <summary>The connection has ended, and not by our wish.</summary>
    private void Drop(BenchClient client)
    {
        if (client.State == ClientState.Ready)
        {
            Counters.Disconnects++;
        }
        else if (client.State is not (ClientState.Idle or ClientState.Closed))
        {
            Counters.FailedConnects++;
            _opening--;
        }

        _outbox.Clear();
        _poller.Close(client.Number);
        client.Forget();
    }

    private void Handle(BenchClient client, SocketEvents events)
    {
        if (client.State == ClientState.Connecting && (events & SocketEvents.Writable) != 0)
        {
            FinishOpen(client);
            return;
        }

        if ((events & SocketEvents.Readable) != 0 && client.State is > ClientState.Connecting and < ClientState.Closed)
        {
            Read(client);
        }

        var canContinue = (events & SocketEvents.Writable) != 0 && client.State is > ClientState.Connecting and < ClientState.Closed;
        if (canContinue && !_outbox.Continue(client))
        {
            Drop(client);
        }
    }

    private void FinishOpen(BenchClient client)
    {
        if (_poller.FinishOpen(client.Number) is { } error)
        {
            _run.Report(error);
            Drop(client);
            return;
        }

        client.State = ClientState.AwaitingConnack;
        _poller.WatchWriting(client.Number, isWatched: false);
        Handshake.WriteConnect(_outbox, _run, client);
        Flush(client);
    }

    private void Flush(BenchClient client)
    {
        if (!_outbox.Flush(client))
        {
            Drop(client);
        }

        Counters.Writes = _outbox.Writes;
    }

    private void Disconnect(BenchClient[] clients)
    {
        foreach (var client in clients)
        {
            if (client.State == ClientState.Ready)
            {
                WriteEmpty(PacketType.Disconnect);
                _outbox.Flush(client);
            }

            _poller.Close(client.Number);
            client.Forget();
            client.State = ClientState.Idle;
        }
    }

    private void WriteEmpty(PacketType type)
    {
        var target = _outbox.Reserve(2);
        target[0] = (byte)((int)type << 4);
        target[1] = 0;
        _outbox.Advance(2);
    }

    /// <summary>Every client pings twice in its keep-alive time; they are spread over it.</summary>
    private void PingSome()
    {
        if (_plan.KeepAliveSeconds == 0 || _clients.Length == 0)
        {
            return;
        }

        var nowNs = _poller.NowNs;
        _pingsFromNs = _pingsFromNs == 0 ? nowNs : _pingsFromNs;
        var due = (long)((double)(nowNs - _pingsFromNs) / NsPerSecond / (_plan.KeepAliveSeconds / 2.0) * _clients.Length);
        for (var i = 0; _pingsDone < due && i < _clients.Length; i++)
        {
            var client = _clients[_pingCursor];
            _pingCursor = (_pingCursor + 1) % _clients.Length;
            _pingsDone++;
            if (client is { State: ClientState.Ready, PingSentNs: 0 })
            {
                SendPing(client, nowNs);
            }
        }
    }

    private void SendPing(BenchClient client, long nowNs)
    {
        if (client.State == ClientState.Ready)
        {
            WriteEmpty(PacketType.Pingreq);
            client.PingSentNs = nowNs;
            Counters.Pings++;
            Flush(client);
        }
    }

    private void WakeOthers()
    {
        for (var i = 0; i < _touched.Length; i++)
        {
            if (_touched[i])
            {
                _touched[i] = false;
                if (i != Number)
                {
                    _run.Workers[i].Wake();
                }
            }
        }
    }
}
