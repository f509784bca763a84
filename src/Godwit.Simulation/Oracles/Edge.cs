using Godwit.Protocol;
using Godwit.Simulation.Networks;

namespace Godwit.Simulation.Oracles;

/// <summary>One connection as it looks at the edge of the broker: what was handed in, what was sent, what is owed.</summary>
internal sealed class Edge(long id)
{
    public long Id => id;

    public string ClientId { get; set; } = "";

    public ProtocolVersion Version { get; set; }

    public ModelSession? Session { get; set; }

    public PacketStream? In { get; set; }

    public PacketStream? Out { get; set; }

    public bool IsOpen { get; set; }

    public bool HasConnack { get; set; }

    /// <summary>When CONNACK left: what left with it may have waited for it.</summary>
    public long ConnackMs { get; set; }

    /// <summary>What CONNACK has to say; null when both are right.</summary>
    public bool? ExpectedPresent { get; set; }

    /// <summary>The session of the client whose time was over when CONNECT came, and which the broker may not have ended yet.</summary>
    public ModelSession? Overdue { get; set; }

    public bool CleanStart { get; set; }

    /// <summary>When it was given its session, a tick.</summary>
    public long Since { get; set; }

    /// <summary>The client is gone and the broker does not know.</summary>
    public bool IsHalfOpen { get; set; }

    public long GrantedExpiryMs { get; set; }

    public Message? Will { get; set; }

    public long WillDelayMs { get; set; }

    /// <summary>The will may be going out in this very turn.</summary>
    public Publication? DueWill { get; set; }

    public int ReceiveMaximum { get; set; } = 65_535;

    public int PacketSizeMax { get; set; } = int.MaxValue;

    /// <summary>PUBLISH packets with QoS 1 or 2 that are not acknowledged on this connection.</summary>
    public int InFlight { get; set; }

    /// <summary>A message was sent here for the first time: what is repeated comes before.</summary>
    public bool HasSentNew { get; set; }

    /// <summary>How far the repeats have come in the order of the session: <see cref="ModelSession.Exchange.Sequence"/> of the last.</summary>
    public long LastRepeated { get; set; }

    /// <summary>It broke, perhaps in the very turn in which something was written for it.</summary>
    public bool IsLost { get; set; }

    /// <summary>The transport has refused bytes.</summary>
    public bool WasCongested { get; set; }

    /// <summary>CONNECT was refused, because the store was full.</summary>
    public bool IsRefused { get; set; }

    /// <summary>The client has left, and its last answers wait for the disk.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>DISCONNECT was handed in, with this reason code.</summary>
    public byte? DisconnectCode { get; set; }

    /// <summary>Session Expiry Interval of DISCONNECT, milliseconds.</summary>
    public long? DisconnectExpiryMs { get; set; }

    /// <summary>The model has ended it because of a takeover; the broker has to close it before it answers the new one.</summary>
    public bool IsTakenOver { get; set; }

    /// <summary>The connection this one has taken the session from.</summary>
    public Edge? Predecessor { get; set; }

    /// <summary>PUBLISH packets that wait for PUBACK, in order. [MQTT-4.6.0-2]</summary>
    public Queue<(ushort PacketId, Publication Publication)> AwaitingPuback { get; } = new();

    /// <summary>PUBLISH packets that wait for PUBREC, in order. [MQTT-4.6.0-3]</summary>
    public Queue<(ushort PacketId, Publication Publication)> AwaitingPubrec { get; } = new();

    /// <summary>PUBREL packets that wait for PUBCOMP, in order.</summary>
    public Queue<ushort> AwaitingPubcomp { get; } = new();

    /// <summary>PUBREC packets of the client that wait for PUBREL although no exchange is known.</summary>
    public HashSet<ushort> AwaitingPubrelNotFound { get; } = [];

    /// <summary>SUBSCRIBE and UNSUBSCRIBE packets that wait for their answer, in order.</summary>
    public Queue<PendingRequest> AwaitingResponse { get; } = new();

    /// <summary>PINGREQ packets that wait for their answer.</summary>
    public int AwaitingPingresp { get; set; }

    /// <summary>Exchanges with acknowledgements handed in that the broker may still have before it.</summary>
    public List<ModelSession.Exchange> Unhandled { get; } = [];

    /// <summary>QoS 0 messages handed in that the broker may still have before it.</summary>
    public List<Publication> Unanswered { get; } = [];

    public override string ToString() => $"{ClientId}@{id}";

    /// <summary>A SUBSCRIBE or UNSUBSCRIBE under way.</summary>
    internal sealed record PendingRequest(ushort PacketId, bool IsSubscribe, List<(Interest Interest, Interest.Request? Request)> Parts);
}
