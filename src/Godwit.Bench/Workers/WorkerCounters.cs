using Godwit.Bench.Measurement;

namespace Godwit.Bench.Workers;

/// <summary>What one worker has counted. It alone writes; others may read at any time and see a number a moment late.</summary>
internal sealed class WorkerCounters
{
    internal long Sent;
    internal long Acknowledged;
    internal long Received;
    internal long Expected;             // deliveries due
    internal long Missing;              // left out in a stream, not come since
    internal long Duplicates;
    internal long OutOfOrder;
    internal long DupFlags;             // deliveries with DUP
    internal long Foreign;              // messages that are not of this run
    internal long BadAcknowledgements;
    internal long Refused;              // subscriptions and messages
    internal long Stalls;               // publishers that stopped waiting for deliveries
    internal long Disconnects;          // not by us
    internal long FailedConnects;
    internal long ReadySubscribers;
    internal long ReadyPublishers;
    internal long SessionsPresent;
    internal long Barriers;
    internal long Pings;
    internal long Pongs;
    internal long Reads;
    internal long Writes;
    internal long FirstReceivedNs = long.MaxValue;
    internal long LastReceivedNs;

    /// <summary>From sending (with a schedule: from the time in the schedule) to receiving.</summary>
    internal LatencyHistogram Latency { get; } = new();

    /// <summary>From sending to PUBACK or PUBCOMP.</summary>
    internal LatencyHistogram Acknowledgement { get; } = new();

    /// <summary>From the first SYN to CONNACK.</summary>
    internal LatencyHistogram Connect { get; } = new();

    /// <summary>From PINGREQ to PINGRESP.</summary>
    internal LatencyHistogram Ping { get; } = new();
}
