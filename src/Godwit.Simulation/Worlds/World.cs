using Godwit.Broker;
using Godwit.Simulation.Clients;
using Godwit.Simulation.Hosts;
using Godwit.Simulation.Networks;
using Godwit.Simulation.Oracles;
using Godwit.Simulation.Runs;

namespace Godwit.Simulation.Worlds;

/// <summary>Everything of one run, on one thread and in virtual time: broker, clients, network, faults and the oracle.</summary>
internal sealed class World
{
    private const int DrainMaxMs = 1_800_000;

    private readonly SeededRandom _random;
    private readonly SituationSet _situations;
    private readonly List<SimulatedClient> _clients = [];
    private readonly List<Link> _links = [];
    private readonly Machine _machine;
    private long _lastLink;
    private bool _isCalm;

    public World(SeededRandom random, RunPlan plan, Trace trace, SituationSet situations)
    {
        _random = random;
        _situations = situations;
        Plan = plan;
        Oracle = new Oracle(trace, plan, Messages, situations);
        _machine = new Machine(Timeline, random.Fork(), plan, Oracle, trace);
    }

    public Timeline Timeline { get; } = new();

    public RunPlan Plan { get; }

    public Messages Messages { get; } = new();

    public Oracle Oracle { get; }

    /// <summary>Nobody connects any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Lives through the whole run; an invariant that is broken ends it with an exception.</summary>
    public void Run()
    {
        foreach (var plan in Plan.Clients)
        {
            var client = new SimulatedClient(this, plan, _random.Fork());
            _clients.Add(client);
            Timeline.In(_random.Between(0, 500), client.Start);
        }

        PlanClientCrash();
        PlanReadStall();
        PlanRightsChange();
        Timeline.RunUntil(Timeline.NowMs + Plan.DurationMs);
        Calm();
        Drain();
        var health = new HealthCheck(this, _random.Fork());
        health.Run();
        Oracle.JudgeEnd(DroppedByLimit);
        health.Leave();
        HitCounted();
        _machine.NoteStore();
        new TearDown(this, _clients).Run(_machine.Core!);
    }

    /// <summary>A client opens a connection to the broker.</summary>
    public Link OpenLink(SimulatedClient client)
    {
        var link = new Link(++_lastLink, Timeline, _random.Fork(), Plan.Link);
        _machine.Accept(link);
        _links.Add(link);
        if (Plan.CutEveryMs > 0 && !_isCalm)
        {
            Timeline.In(_random.Between(1, 2 * Plan.CutEveryMs), () => Cut(link));
        }

        return link;
    }

    /// <summary>A client's application is given a message.</summary>
    public void Deliver(Link link, WirePacket packet) => Oracle.Delivered(link.Edge, packet);

    /// <summary>Something interesting has happened.</summary>
    public void Hit(Situation situation) => _situations.Hit(situation);

    /// <summary>Lets time pass until something is so.</summary>
    /// <returns>False: it never was.</returns>
    public bool WaitFor(Func<bool> isSo, int milliseconds = DrainMaxMs)
    {
        var until = Timeline.NowMs + milliseconds;
        while (Timeline.NowMs < until)
        {
            if (_machine.IsAtRest && isSo())
            {
                return true;
            }

            Timeline.RunUntil(Timeline.NowMs + 50);
        }

        return _machine.IsAtRest && isSo();
    }

    /// <summary>From now on nobody connects any more.</summary>
    public void Close() => IsOver = true;

    private long DroppedByLimit
    {
        get
        {
            var sum = Sum();
            return sum.Dropped[(int)DropReason.QueueFull] + sum.Dropped[(int)DropReason.QueueFullOldest] + sum.Dropped[(int)DropReason.TooLargeForReceiver]
                + sum.Dropped[(int)DropReason.StoreFull]
                + (Plan.HasSmallQueues ? sum.Dropped[(int)DropReason.NoMember] : 0);
        }
    }

    private void Cut(Link link)
    {
        if (_isCalm)
        {
            return;
        }

        var isHalfOpen = _random.Chance(Plan.HalfOpenChance);
        var brokerLearns = !isHalfOpen || _random.Chance(0.5);
        link.Cut(_random, brokerLearns, clientLearns: !isHalfOpen || !brokerLearns);
    }

    private void PlanClientCrash()
    {
        if (Plan.ClientCrashEveryMs == 0)
        {
            return;
        }

        Timeline.In(_random.Between(1, 2 * Plan.ClientCrashEveryMs), () =>
        {
            if (!_isCalm)
            {
                var client = _clients[_random.Below(_clients.Count)];
                client.Crash(_random.Chance(Plan.LoseStoreChance), _random.Chance(Plan.HalfOpenChance));
                PlanClientCrash();
            }
        });
    }

    private void PlanReadStall()
    {
        if (Plan.ReadStallEveryMs == 0)
        {
            return;
        }

        Timeline.In(_random.Between(1, 2 * Plan.ReadStallEveryMs), () =>
        {
            if (!_isCalm)
            {
                _clients[_random.Below(_clients.Count)].Link?.Down.Stall(_random.Between(100, 5000));
                PlanReadStall();
            }
        });
    }

    private void PlanRightsChange()
    {
        if (!Plan.HasRights)
        {
            return;
        }

        Timeline.In(_random.Between(1, 2000), () =>
        {
            if (!_isCalm)
            {
                Oracle.ChangeRight(_random.Pick<ClientPlan>([.. Plan.Clients]).ClientId, _random.Chance(0.5), _random.Pick<string>(Choices.Guarded));
                PlanRightsChange();
            }
        });
    }

    private BrokerCounters Sum()
    {
        var sum = _machine.Core!.SumCounters();
        sum.Add(_machine.Lost);
        return sum;
    }

    /// <summary>Faults stop. Whoever may have a session comes back to it.</summary>
    private void Calm()
    {
        _isCalm = true;
        _machine.Calm();
        foreach (var client in _clients)
        {
            client.IsCalm = true;
            if (!client.IsConnected || client.Link is { IsCut: true })
            {
                client.Connect(clean: false);
            }
        }
    }

    private void Drain()
    {
        var isDrained = WaitFor(() => Oracle.IsDrained && _machine.Core!.SumCounters().Queued == 0 && _clients.TrueForAll(client => client.IsConnected && !client.IsBusy));
        if (!isDrained)
        {
            var busy = string.Join(", ", _clients.Where(client => !client.IsConnected || client.IsBusy).Select(client => client.WhatWaits));
            throw Oracle.Violation("I12", $"faults have stopped and it does not drain: {_machine.Core?.SumCounters().Queued} queued, clients {busy}; {Oracle.WhatWaits()}");
        }
    }

    private void HitCounted()
    {
        var sum = Sum();
        Hit(Situation.ExpiredInQueue, sum.Dropped[(int)DropReason.Expired]);
        Hit(Situation.QueueFull, sum.Dropped[(int)DropReason.QueueFull] + sum.Dropped[(int)DropReason.QueueFullOldest]);
        Hit(Situation.TooLargeForReceiver, sum.Dropped[(int)DropReason.TooLargeForReceiver]);
        Hit(Situation.NoLocalHeld, sum.Dropped[(int)DropReason.NoLocal]);
        Hit(Situation.ReceiveDenied, sum.Dropped[(int)DropReason.ReceiveNotAuthorized]);
        Hit(Situation.RetainedPublisherDenied, sum.Dropped[(int)DropReason.PublisherNotAuthorized]);
    }

    private void Hit(Situation situation, long count)
    {
        if (count > 0)
        {
            Hit(situation);
        }
    }
}
