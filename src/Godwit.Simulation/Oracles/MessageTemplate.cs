using Godwit.Protocol;

namespace Godwit.Simulation.Oracles;

/// <summary>All of a message but its number and payload.</summary>
internal sealed record MessageTemplate(string PublisherId, string Topic, QoS QoS)
{
    public bool Retain { get; init; }

    public bool IsWill { get; init; }

    public byte[] Properties { get; init; } = [];

    public uint? ExpirySeconds { get; init; }

    /// <summary>Makes the message; number 0 and no payload: it clears the retained message of its topic.</summary>
    public Message Make(int number, byte[] payload) => new()
    {
        Number = number,
        PublisherId = PublisherId,
        Topic = Topic,
        Levels = Topic.Split('/'),
        Payload = payload,
        QoS = QoS,
        Retain = Retain,
        IsWill = IsWill,
        Properties = Properties,
        ExpirySeconds = ExpirySeconds,
    };
}
