using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Shards;

/// <summary>Answer of <see cref="Handshake.TryRead"/>.</summary>
public readonly struct HandshakeResult
{
    /// <summary>What to do.</summary>
    public HandshakeStatus Status { get; init; }

    /// <summary>Accepted: bytes of the CONNECT packet; what follows them is the connection's first input.</summary>
    public int ConnectSize { get; init; }

    /// <summary>Accepted: the shard that owns this client identifier.</summary>
    public int ShardIndex { get; init; }

    /// <summary>Accepted: the client identifier, as sent or assigned.</summary>
    public string ClientId { get; init; }

    /// <summary>Accepted: the client sent none.</summary>
    public bool ClientIdAssigned { get; init; }

    /// <summary>Refused: bytes to send before closing; empty: close without an answer.</summary>
    public ReadOnlyMemory<byte> Answer { get; init; }

    /// <summary>Refused: the packet that was refused.</summary>
    public PacketType Type { get; init; }

    /// <summary>Refused: what is wrong with it; None when a policy or limit refused a well-formed CONNECT.</summary>
    public PacketError Error { get; init; }

    /// <summary>Refused: the reason, in 5.0's terms.</summary>
    public ConnackReasonCode ReasonCode { get; init; }
}
