using Godwit.Protocol.Packets;

namespace Godwit.Client;

/// <summary>How a subscription is made (5.0 §3.8.3.1). In 3.x only the QoS may be set.</summary>
public sealed record MqttSubscribeOptions
{
    /// <summary>Highest QoS of messages to this client.</summary>
    public MqttQoS QoS { get; init; }

    /// <summary>This client's own messages do not come back.</summary>
    public bool NoLocal { get; init; }

    /// <summary>Messages keep the RETAIN flag that their publisher set.</summary>
    public bool RetainAsPublished { get; init; }

    /// <summary>When the server sends its retained messages.</summary>
    public RetainHandling RetainHandling { get; init; }

    /// <summary>Number that the server repeats in each matching message, 1 to 268,435,455; 0: none.</summary>
    public uint SubscriptionIdentifier { get; init; }

    /// <summary>User Properties of the SUBSCRIBE, in order.</summary>
    public IReadOnlyList<MqttUserProperty> UserProperties { get; init; } = [];
}
