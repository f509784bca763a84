namespace Godwit.Bench.Runs;

/// <summary>What was used in one part of a run.</summary>
/// <param name="Name">Of the part: <c>cpu</c>, <c>open</c>, <c>store</c>, ...</param>
/// <param name="Before">At its beginning.</param>
/// <param name="After">At its end.</param>
/// <param name="Messages">How many messages (connections in <c>open</c>) it is divided by.</param>
public sealed record UsageSection(string Name, ResourceUsage Before, ResourceUsage After, long Messages)
{
    /// <summary>CPU time of the broker, seconds.</summary>
    public double BrokerCpu => After.BrokerCpu - Before.BrokerCpu;

    /// <summary>CPU time of the broker for one message, microseconds; 0 without messages.</summary>
    public double CpuUsPerMessage => Messages > 0 ? BrokerCpu * 1e6 / Messages : 0;

    /// <summary>CPU time of this process, seconds.</summary>
    public double OwnCpu => After.OwnCpu - Before.OwnCpu;

    /// <summary>CPU time of everybody else: noise.</summary>
    public double OtherCpu => After.HostBusy - Before.HostBusy - OwnCpu - BrokerCpu;
}
