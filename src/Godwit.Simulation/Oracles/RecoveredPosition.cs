using Godwit.Protocol;

namespace Godwit.Simulation.Oracles;

/// <summary>A position of a queue as a store gives it.</summary>
internal sealed class RecoveredPosition
{
    public required long Seq { get; init; }

    /// <summary>PUBREC has come, and there is no message any more.</summary>
    public required bool IsReceived { get; init; }

    /// <summary>The store has said what stands here.</summary>
    public bool IsRead { get; set; }

    public QoS QoS { get; set; }

    public string Topic { get; set; } = "";

    public byte[] Payload { get; set; } = [];

    public override string ToString() => IsReceived ? $"{Seq} received" : $"{Seq} {Messages.NameOf(Payload)} on {Topic} QoS {(int)QoS}";
}
