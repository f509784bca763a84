using Godwit.Simulation.Oracles;
using Godwit.Simulation.Worlds;

namespace Godwit.Simulation.Networks;

/// <summary>One network connection between a client and the broker, with all that can happen to it.</summary>
internal sealed class Link
{
    private readonly Timeline _timeline;

    public Link(long id, Timeline timeline, SeededRandom random, LinkPlan plan)
    {
        Id = id;
        Edge = new Edge(id);
        _timeline = timeline;
        Plan = plan;
        Up = new BytePipe(timeline, random.Fork(), plan, () => BrokerSide?.Arrived());
        Down = new BytePipe(timeline, random.Fork(), plan, () => ClientArrived?.Invoke());
    }

    public long Id { get; }

    public LinkPlan Plan { get; }

    /// <summary>What the oracle knows of it.</summary>
    public Edge Edge { get; }

    /// <summary>From the client to the broker.</summary>
    public BytePipe Up { get; }

    /// <summary>From the broker to the client.</summary>
    public BytePipe Down { get; }

    /// <summary>The broker's end.</summary>
    public ILinkEnd? BrokerSide { get; set; }

    /// <summary>Something has come for the client: bytes, or the end.</summary>
    public Action? ClientArrived { get; set; }

    /// <summary>The client's end has been reset: it learns of it without reading.</summary>
    public Action? ClientReset { get; set; }

    /// <summary>Bytes no longer pass; one side or both may not know it.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The network breaks the connection somewhere in what is under way.</summary>
    /// <param name="random">Where, and when who learns of it.</param>
    /// <param name="brokerLearns">False: the broker's end stays open as if nothing had happened.</param>
    /// <param name="clientLearns">The same for the client's end.</param>
    public void Cut(SeededRandom random, bool brokerLearns, bool clientLearns)
    {
        if (IsCut)
        {
            return;
        }

        IsCut = true;
        Edge.IsHalfOpen = !brokerLearns;
        Up.Cut(random.Below(Up.UnderWayBytes + 1), isKnown: true);
        Down.Cut(random.Below(Down.UnderWayBytes + 1), isKnown: brokerLearns);
        if (brokerLearns)
        {
            _timeline.In(random.Between(0, 50), () => BrokerSide?.Reset());
        }

        if (clientLearns)
        {
            _timeline.In(random.Between(0, 50), () => ClientReset?.Invoke());
        }
    }

    /// <summary>The client is gone and nobody closes anything: its machine was switched off.</summary>
    public void Vanish()
    {
        Edge.IsHalfOpen = true;
        ClientArrived = null;
        ClientReset = null;
    }

    /// <summary>The client closes: what it has sent arrives, then the end; what comes for it is lost.</summary>
    public void CloseByClient()
    {
        ClientArrived = null;
        ClientReset = null;
        Up.End();
        Down.Cut(0, isKnown: true);
    }

    /// <summary>The broker closes: what it has sent arrives, then the end; what comes for it is lost.</summary>
    public void CloseByBroker()
    {
        BrokerSide = null;
        Down.End();
        Up.Cut(0, isKnown: true);
    }
}
