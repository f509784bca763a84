using System.Globalization;
using Godwit.Broker;
using Godwit.Protocol;
using Godwit.Server.Logging;
using Godwit.Server.Protection;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Hosting;

/// <summary>Writes what was not delivered to the log, one line per minute in which there was something, and all counters on demand.</summary>
internal sealed class CounterReport : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly BrokerCore _core;
    private readonly ILogger _logger;
    private readonly Timer _timer;
    private BrokerCounters _reported = new();

    internal CounterReport(BrokerCore core, ILogger logger)
    {
        (_core, _logger) = (core, logger);
        _timer = new Timer(_ => ReportDrops(), state: null, Interval, Interval);
    }

    /// <summary>The drops since the last call; one caller at a time.</summary>
    internal void ReportDrops()
    {
        var now = _core.SumCounters();
        var line = DescribeDrops(_reported, now);
        _reported = now;
        if (line.Length > 0)
        {
            ServerLog.Drops(_logger, line);
        }
    }

    internal void ReportAll() => ServerLog.Counters(_logger, Describe(_core.SumCounters()));

    public void Dispose() => _timer.Dispose();

    /// <summary>E.g. <c>QueueFull 12 (QoS 1: 12), Expired 3</c>; empty when nothing was dropped.</summary>
    internal static string DescribeDrops(BrokerCounters before, BrokerCounters now) =>
        ReasonCounts.Describe<DropReason>(before.Dropped, now.Dropped, before.DroppedByQoS, now.DroppedByQoS);

    private static string Describe(BrokerCounters counters)
    {
        var drops = DescribeDrops(new BrokerCounters(), counters);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"connected {counters.Connected}, sessions {counters.Sessions}, connects {counters.Connects}, "
            + $"bytes received {counters.BytesReceived}, bytes sent {counters.BytesSent}, "
            + $"PUBLISH received {counters.PacketsReceived[(int)PacketType.Publish]}, PUBLISH sent {counters.PacketsSent[(int)PacketType.Publish]}, "
            + $"queued {counters.Queued} messages of {counters.QueuedBytes} bytes, not delivered: {(drops.Length > 0 ? drops : "none")}");
    }
}
