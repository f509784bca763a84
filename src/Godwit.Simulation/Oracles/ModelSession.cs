using Godwit.Protocol;

namespace Godwit.Simulation.Oracles;

/// <summary>One session from its CONNECT to its end. The next session of the same client is another object.</summary>
internal sealed class ModelSession(string clientId, int shardIndex, int number)
{
    /// <summary>An expiry that never comes.</summary>
    public const long Never = long.MaxValue;

    public string ClientId => clientId;

    public int ShardIndex => shardIndex;

    /// <summary>Unique in the run.</summary>
    public int Number => number;

    /// <summary>By which the log knows it; 0: it keeps nothing of it.</summary>
    public uint No { get; set; }

    /// <summary>The position of its next message, as the last broker that came up found it.</summary>
    public long NextSeq { get; set; }

    /// <summary>CONNACK has said that it is kept.</summary>
    public bool IsSure { get; set; }

    /// <summary>A connection or a will of it has come or gone last, a tick.</summary>
    public long ChangedAt { get; set; }

    /// <summary>The broker has crashed since it began.</summary>
    public bool HasOutlivedBroker { get; set; }

    public bool HasEnded { get; set; }

    public Edge? Connection { get; set; }

    /// <summary>A connection ended that had not taken all: what the broker repeats may never have left it.</summary>
    public bool MayRepeatUnsent { get; set; }

    /// <summary>Packet id 65,535 was used.</summary>
    public bool HasWrapped { get; set; }

    /// <summary>Granted Session Expiry Interval.</summary>
    public long ExpiryMs { get; set; }

    /// <summary>When it ends; <see cref="Never"/> while connected.</summary>
    public long ExpiresAtMs { get; set; } = Never;

    public Message? Will { get; set; }

    public long WillDelayMs { get; set; }

    /// <summary>When the will is published; <see cref="Never"/> while connected.</summary>
    public long WillDueMs { get; set; } = Never;

    /// <summary>The will may be going out in this very turn.</summary>
    public Publication? DueWill { get; set; }

    public List<Interest> Interests { get; } = [];

    /// <summary>Exchanges towards the client that are not over, by packet id.</summary>
    public Dictionary<ushort, Exchange> Outbound { get; } = [];

    /// <summary>The same, oldest first; those that are over are taken out as they come up.</summary>
    public List<Exchange> OutboundOrder { get; } = [];

    /// <summary>Exchanges whose last acknowledgement may not have been handled, because its connection ended first.</summary>
    public Dictionary<ushort, Exchange> Uncertain { get; } = [];

    /// <summary>There are such exchanges.</summary>
    public bool HasUncertainEnd => Uncertain.Count > 0;

    /// <summary>QoS 2 packet ids of the client that wait for PUBREL.</summary>
    public Dictionary<ushort, Publication> Inbound { get; } = [];

    /// <summary>QoS 2 packet ids of the client whose PUBREL has come and whose PUBCOMP has not left.</summary>
    public Dictionary<ushort, Publication> Releasing { get; } = [];

    /// <summary>Places in the order of the session of what waited when the broker came up and was not known to have been sent, by packet id.</summary>
    public Dictionary<ushort, long> Recovered { get; } = [];

    /// <summary>Exchanges that are over and may not be so in the store, by packet id.</summary>
    public Dictionary<ushort, Exchange> Finished { get; } = [];

    /// <summary>Retained messages that were sent with QoS 1 and have no place in the queue after a crash: they were acknowledged, or taken back.</summary>
    public List<Message> TakenBack { get; } = [];

    /// <summary>By message number.</summary>
    public Dictionary<int, DeliveryRecord> Deliveries { get; } = [];

    /// <summary>Messages that have to reach the application, by number.</summary>
    public HashSet<int> Owed { get; } = [];

    /// <summary>Last message that its application got, by publisher, topic and both QoS.</summary>
    public Dictionary<(string Publisher, string Topic, QoS Published, QoS Delivered), int> LastReceived { get; } = [];

    /// <summary>The record of a message.</summary>
    public DeliveryRecord DeliveryOf(Message message)
    {
        if (!Deliveries.TryGetValue(message.Number, out var record))
        {
            record = new DeliveryRecord();
            Deliveries.Add(message.Number, record);
        }

        return record;
    }

    public override string ToString() => $"{clientId}#{number}";

    /// <summary>One QoS 1 or 2 message on its way to the client.</summary>
    internal sealed class Exchange(long sequence, ushort packetId, Message message, QoS qos)
    {
        /// <summary>Its place in the order of the session.</summary>
        public long Sequence { get; set; } = sequence;

        public ushort PacketId => packetId;

        public Message Message => message;

        public QoS QoS => qos;

        /// <summary>PUBREC has come: PUBREL is next.</summary>
        public bool IsReceived { get; set; }

        public bool IsOver { get; set; }

        /// <summary>It came from the retained store.</summary>
        public bool IsRetained { get; init; }

        /// <summary>Sent for the first time, a tick.</summary>
        public long Since { get; init; }

        /// <summary>PUBREL has left: PUBLISH must not come again.</summary>
        public bool IsReleased { get; set; }

        /// <summary>Its last acknowledgement may not have been handled.</summary>
        public bool IsUncertain { get; set; }

        /// <summary>The connection on which it was sent last, as PUBLISH or PUBREL.</summary>
        public Edge? SentOn { get; set; }

        /// <summary>It uses up one of the Receive Maximum of <see cref="SentOn"/>.</summary>
        public bool HoldsQuota { get; set; }
    }
}
