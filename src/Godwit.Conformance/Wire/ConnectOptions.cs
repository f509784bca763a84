using Godwit.Protocol;

namespace Godwit.Conformance.Wire;

/// <summary>What a CONNECT says. What is left out takes the usual value: a fresh ClientId, Clean Start, Keep Alive 60.</summary>
public sealed record ConnectOptions
{
    /// <summary>Null: the version that the check runs in.</summary>
    public ProtocolVersion? Version { get; init; }

    /// <summary>Null: one that nobody else has. The empty string is sent as such.</summary>
    public string? ClientId { get; init; }

    /// <summary>Clean Start; Clean Session in 3.x.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>Keep Alive in seconds.</summary>
    public ushort KeepAliveSeconds { get; init; } = 60;

    /// <summary>Session Expiry Interval in seconds; null leaves it out. Not sent in 3.x.</summary>
    public uint? SessionExpirySeconds { get; init; }

    /// <summary>Receive Maximum; null leaves it out. Not sent in 3.x.</summary>
    public ushort? ReceiveMaximum { get; init; }

    /// <summary>Maximum Packet Size in bytes; null leaves it out. Not sent in 3.x.</summary>
    public uint? MaximumPacketSize { get; init; }

    /// <summary>Topic Alias Maximum; null leaves it out. Not sent in 3.x.</summary>
    public ushort? TopicAliasMaximum { get; init; }

    /// <summary>Further properties. Not sent in 3.x.</summary>
    public IReadOnlyList<WireProperty> Properties { get; init; } = [];

    /// <summary>The Will, or none.</summary>
    public WillOptions? Will { get; init; }

    /// <summary>Null: what the command line gave, if anything.</summary>
    public string? UserName { get; init; }

    /// <summary>Null: what the command line gave, if anything.</summary>
    public string? Password { get; init; }

    /// <summary>A session that outlives the connection: CleanSession 0 in 3.x; in 5.0 Session Expiry Interval 300 as well.</summary>
    public static ConnectOptions Persistent(string clientId) =>
        new() { ClientId = clientId, CleanStart = false, SessionExpirySeconds = 300 };
}
