using Godwit.Broker;
using Godwit.Broker.Shards;
using Godwit.Protocol;

namespace Godwit.Server.Hosting;

/// <summary>
/// Gives memory back when the broker has become quiet: buffers that a load has left in the pools, and what the garbage collector keeps for the
/// next one. A busy broker never waits for it: a collection begins only after a second in which next to nothing was received or sent, and when
/// enough was allocated since the last.
/// </summary>
internal sealed class IdleTidy : IDisposable
{
    /// <summary>Packets received and sent in one interval that still count as quiet. Pings do not count: idle clients send them all the time.</summary>
    internal const int QuietPacketsMax = 50;

    /// <summary>Intervals without traffic before anything is done.</summary>
    internal const int QuietIntervals = 2;

    /// <summary>Bytes allocated since the last collection of this kind that are worth another.</summary>
    internal const long WorthBytes = 1024 * 1024;

    /// <summary>A heap that is larger is left alone unless this part of it is new: to move it takes long.</summary>
    internal const int HeapPart = 4;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly BrokerCore _core;
    private readonly Action _collect;
    private readonly Func<long> _allocatedBytes;
    private readonly ManualResetEventSlim _stopping = new();
    private long _packets;
    private long _allocatedBefore;
    private int _quietCount;

    /// <summary>Begins to watch.</summary>
    internal IdleTidy(BrokerCore core)
        : this(core, () => GC.GetTotalAllocatedBytes(), Collect) =>
        new Thread(Run) { IsBackground = true, Name = "idle tidy" }.Start();

    /// <summary>For tests, which call <see cref="Look"/> themselves.</summary>
    internal IdleTidy(BrokerCore core, Func<long> allocatedBytes, Action collect) =>
        (_core, _allocatedBytes, _collect) = (core, allocatedBytes, collect);

    /// <summary>Stops watching.</summary>
    public void Dispose() => _stopping.Set();

    /// <summary>Once in an interval.</summary>
    internal void Look()
    {
        var packets = PacketCount();
        var isQuiet = packets - _packets <= QuietPacketsMax;
        _packets = packets;
        _quietCount = isQuiet ? _quietCount + 1 : 0;
        if (_quietCount < QuietIntervals || !IsWorthwhile())
        {
            return;
        }

        if (_quietCount == QuietIntervals)
        {
            LeavePools();               // collected next time, when every shard has had its turn
            return;
        }

        _collect();
        _quietCount = 0;
        _allocatedBefore = _allocatedBytes();
    }

    private void Run()
    {
        while (!_stopping.Wait(Interval))
        {
            Look();
        }
    }

    private bool IsWorthwhile() =>
        _allocatedBytes() - _allocatedBefore >= Math.Max(WorthBytes, GC.GetTotalMemory(forceFullCollection: false) / HeapPart);

    private void LeavePools()
    {
        foreach (var shard in _core.Shards)
        {
            _core.Post(shard.Index, new HostCall(quiet => quiet.LeavePools()));
        }
    }

    private long PacketCount()
    {
        var sum = 0L;
        for (var i = 0; i < _core.Shards.Count; i++)
        {
            var counters = _core.Shards[i].Counters;
            for (var type = 0; type < counters.PacketsReceived.Length; type++)
            {
                var isPing = type is (int)PacketType.Pingreq or (int)PacketType.Pingresp;
                sum += isPing ? 0 : counters.PacketsReceived[type] + counters.PacketsSent[type];
            }
        }

        return sum;
    }

    /// <summary>Everything, moved together, and the pages behind it given back.</summary>
    private static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
