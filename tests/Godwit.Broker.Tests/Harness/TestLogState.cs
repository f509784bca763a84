using Godwit.Broker.Log;

namespace Godwit.Broker.Tests.Harness;

/// <summary>What is left of a log when its records have been applied in order.</summary>
public sealed class TestLogState
{
    public SortedDictionary<long, Action<IRecoverySink>> Sessions { get; } = [];

    public SortedDictionary<long, Action<IRecoverySink>> Puts { get; } = [];

    public SortedDictionary<long, Action<IRecoverySink>> Retained { get; } = [];

    /// <summary>By session and position: the message, whether PUBREC has come, and how to read it.</summary>
    public Dictionary<(uint SessionNo, long Seq), (long MessageId, bool IsReceived, Func<long, TestMessage, List<byte>, StoredDelivery> Read)> Queue { get; } = [];

    public Dictionary<long, TestMessage> Messages { get; } = [];

    public Dictionary<uint, long> NextSeqs { get; } = [];

    public HashSet<uint> Ended { get; } = [];
}
