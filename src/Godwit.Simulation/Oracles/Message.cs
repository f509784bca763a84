using Godwit.Protocol;

namespace Godwit.Simulation.Oracles;

/// <summary>A message as its publisher made it. Its payload begins with its number, so that whoever sees it knows which it is.</summary>
internal sealed class Message
{
    /// <summary>Unique in the run and growing; 0 for a retained message that only clears its topic, whose payload is empty.</summary>
    public required int Number { get; init; }

    /// <summary>Client identifier of the publisher.</summary>
    public required string PublisherId { get; init; }

    public required string Topic { get; init; }

    public required string[] Levels { get; init; }

    public required byte[] Payload { get; init; }

    public required QoS QoS { get; init; }

    public bool Retain { get; init; }

    public bool IsWill { get; init; }

    /// <summary>Encoded properties that have to pass unaltered; empty from 3.x.</summary>
    public byte[] Properties { get; init; } = [];

    /// <summary>Message Expiry Interval in seconds; null for none.</summary>
    public uint? ExpirySeconds { get; init; }

    /// <summary>Each time that it has reached the broker.</summary>
    public List<Publication> Publications { get; } = [];

    public bool IsClear => Number == 0;

    /// <summary>Rights to its topic change; nobody is owed it.</summary>
    public bool IsGuarded => Topic.StartsWith(RightsModel.Prefix, StringComparison.Ordinal);

    /// <summary>As a will: CONNACK has said that it is kept.</summary>
    public bool IsSureWill { get; set; }

    /// <summary>As a will: when it was published or removed, a tick.</summary>
    public long WillGoneAt { get; set; } = long.MaxValue;

    public override string ToString() => IsClear ? $"(empty) on {Topic}" : $"m{Number} on {Topic}";
}
