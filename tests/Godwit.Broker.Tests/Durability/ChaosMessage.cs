using Godwit.Protocol;

namespace Godwit.Broker.Tests.Durability;

/// <summary>A message of a <see cref="ChaosPublisher"/>.</summary>
internal sealed record ChaosMessage(string Publisher, int No, string Topic, QoS QoS)
{
    /// <summary>What its payload begins with.</summary>
    public string Text => $"{Publisher}:{No}:";

    public bool IsRetained => Topic.StartsWith("r/", StringComparison.Ordinal);
}
