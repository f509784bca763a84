namespace Godwit.Kills.Judging;

/// <summary>What a broker may do wrong.</summary>
public enum Fault
{
    /// <summary>An acknowledged message did not come.</summary>
    Lost,

    /// <summary>A message of QoS 2 came twice.</summary>
    Duplicated,

    /// <summary>The first copy of a message came after that of a later one of the same publisher and topic.</summary>
    Reordered,

    /// <summary>A message came that nobody had published.</summary>
    NeverPublished,

    /// <summary>A payload was not what was published on this topic.</summary>
    Corrupt,

    /// <summary>A packet id was given to another message while the receiver still held it.</summary>
    PacketIdReused,

    /// <summary>Session Present was 0 for a session that had been acknowledged.</summary>
    SessionLost,

    /// <summary>An acknowledged subscription was gone, or had another QoS.</summary>
    SubscriptionLost,

    /// <summary>A subscription was there that was ended, with an UNSUBACK.</summary>
    SubscriptionReturned,

    /// <summary>A retained message was not the one that was acknowledged last.</summary>
    RetainedLost,

    /// <summary>A retained message was there whose deletion was acknowledged.</summary>
    RetainedReturned,

    /// <summary>The will of a client that ended uncleanly did not come.</summary>
    WillLost,

    /// <summary>A will came twice.</summary>
    WillDuplicated,

    /// <summary>A will came of a client that had said goodbye, or had come back in time.</summary>
    WillUnwanted,

    /// <summary>A running broker closed a connection, refused something or answered what was not asked.</summary>
    Misbehaved,
}
