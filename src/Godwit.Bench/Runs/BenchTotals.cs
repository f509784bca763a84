using Godwit.Bench.Workers;

namespace Godwit.Bench.Runs;

/// <summary>What all workers have counted.</summary>
public sealed record BenchTotals
{
    /// <summary>Messages published.</summary>
    public long Sent { get; init; }

    /// <summary>QoS 1 and 2 messages whose exchange has ended.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Deliveries to subscribers, duplicates included.</summary>
    public long Received { get; init; }

    /// <summary>Deliveries due to what was published.</summary>
    public long Expected { get; init; }

    /// <summary>Numbers left out in streams, which have not come since.</summary>
    public long Missing { get; init; }

    /// <summary>Second copies.</summary>
    public long Duplicates { get; init; }

    /// <summary>Delivered behind a later message of the same stream.</summary>
    public long OutOfOrder { get; init; }

    /// <summary>Deliveries with the DUP flag.</summary>
    public long DupFlags { get; init; }

    /// <summary>Messages that are not of this run.</summary>
    public long Foreign { get; init; }

    /// <summary>Acknowledgements for which nothing waited.</summary>
    public long BadAcknowledgements { get; init; }

    /// <summary>Subscriptions and messages that the broker refused.</summary>
    public long Refused { get; init; }

    /// <summary>How often a publisher stopped waiting for deliveries.</summary>
    public long Stalls { get; init; }

    /// <summary>Connections lost.</summary>
    public long Disconnects { get; init; }

    /// <summary>Connections that did not come up.</summary>
    public long FailedConnects { get; init; }

    /// <summary>Subscribers that were connected in the last phase of connecting.</summary>
    public long ReadySubscribers { get; init; }

    /// <summary>Publishers that were connected in the last phase of connecting.</summary>
    public long ReadyPublishers { get; init; }

    /// <summary>CONNACK packets with Session Present.</summary>
    public long SessionsPresent { get; init; }

    /// <summary>PINGREQ packets.</summary>
    public long Pings { get; init; }

    /// <summary>PINGRESP packets.</summary>
    public long Pongs { get; init; }

    /// <summary>Reads from sockets.</summary>
    public long Reads { get; init; }

    /// <summary>Writes to sockets.</summary>
    public long Writes { get; init; }

    internal long Barriers { get; init; }

    internal long FirstReceivedNs { get; init; }

    internal long LastReceivedNs { get; init; }

    /// <summary>All errors that a person must see.</summary>
    public long Errors => FailedConnects + Disconnects + Refused + BadAcknowledgements;

    internal static BenchTotals Of(IReadOnlyList<Worker> workers)
    {
        return new BenchTotals
        {
            Sent = Sum(counters => Volatile.Read(ref counters.Sent)),
            Acknowledged = Sum(counters => Volatile.Read(ref counters.Acknowledged)),
            Received = Sum(counters => Volatile.Read(ref counters.Received)),
            Expected = Sum(counters => Volatile.Read(ref counters.Expected)),
            Missing = Sum(counters => Volatile.Read(ref counters.Missing)),
            Duplicates = Sum(counters => Volatile.Read(ref counters.Duplicates)),
            OutOfOrder = Sum(counters => Volatile.Read(ref counters.OutOfOrder)),
            DupFlags = Sum(counters => Volatile.Read(ref counters.DupFlags)),
            Foreign = Sum(counters => Volatile.Read(ref counters.Foreign)),
            BadAcknowledgements = Sum(counters => Volatile.Read(ref counters.BadAcknowledgements)),
            Refused = Sum(counters => Volatile.Read(ref counters.Refused)),
            Stalls = Sum(counters => Volatile.Read(ref counters.Stalls)),
            Disconnects = Sum(counters => Volatile.Read(ref counters.Disconnects)),
            FailedConnects = Sum(counters => Volatile.Read(ref counters.FailedConnects)),
            ReadySubscribers = Sum(counters => Volatile.Read(ref counters.ReadySubscribers)),
            ReadyPublishers = Sum(counters => Volatile.Read(ref counters.ReadyPublishers)),
            SessionsPresent = Sum(counters => Volatile.Read(ref counters.SessionsPresent)),
            Pings = Sum(counters => Volatile.Read(ref counters.Pings)),
            Pongs = Sum(counters => Volatile.Read(ref counters.Pongs)),
            Reads = Sum(counters => Volatile.Read(ref counters.Reads)),
            Writes = Sum(counters => Volatile.Read(ref counters.Writes)),
            Barriers = Sum(counters => Volatile.Read(ref counters.Barriers)),
            FirstReceivedNs = workers.Min(worker => Volatile.Read(ref worker.Counters.FirstReceivedNs)),
            LastReceivedNs = workers.Max(worker => Volatile.Read(ref worker.Counters.LastReceivedNs)),
        };

        long Sum(Func<WorkerCounters, long> of) => workers.Sum(worker => of(worker.Counters));
    }
}
