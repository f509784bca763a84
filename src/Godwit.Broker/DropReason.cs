namespace Godwit.Broker;

/// <summary>Why a message was not delivered, or a request not carried out. Each decision is made in one place and counted here.</summary>
public enum DropReason : byte
{
    /// <summary>QoS 0 for a session whose client is away.</summary>
    NotConnected,

    /// <summary>QoS 0 for a client that reads too slowly.</summary>
    Congested,

    /// <summary>QoS 0 for a client that has been sent as much as it may be.</summary>
    DeliveryRate,

    /// <summary>QoS 0 while memory is very scarce.</summary>
    MemoryCritical,

    /// <summary>The receiver's queue is full and the newest message was refused.</summary>
    QueueFull,

    /// <summary>The receiver's queue is full and the oldest message made room.</summary>
    QueueFullOldest,

    /// <summary>A queued QoS 0 message made room for QoS 1 or 2.</summary>
    QueueFullQoS0,

    /// <summary>The Message Expiry Interval has passed.</summary>
    Expired,

    /// <summary>Larger than the receiver's Maximum Packet Size.</summary>
    TooLargeForReceiver,

    /// <summary>The publisher is the receiver and the subscription says No Local.</summary>
    NoLocal,

    /// <summary>The publisher may not publish here.</summary>
    PublishNotAuthorized,

    /// <summary>The receiver may not receive this topic, or may no longer.</summary>
    ReceiveNotAuthorized,

    /// <summary>A right that somebody outside the broker is asked about was not decided: there was no answer, or nobody was asked yet.</summary>
    NotDecided,

    /// <summary>The publisher of a retained message may no longer publish it.</summary>
    PublisherNotAuthorized,

    /// <summary>The topic is outside the mount point of the receiver's listener.</summary>
    OutsideMountPoint,

    /// <summary>A client published to <c>$SYS</c> or another reserved tree.</summary>
    ReservedTopic,

    /// <summary>No member of the shared group could take it.</summary>
    NoMember,

    /// <summary>The receiver refused it with a reason code of 0x80 or more.</summary>
    RefusedByReceiver,

    /// <summary>A limit of the retained store: not stored.</summary>
    RetainedLimit,

    /// <summary>The publisher has as many retained messages as it may have.</summary>
    UserRetainedLimit,

    /// <summary>The session ended before the message could be delivered.</summary>
    SessionEnded,

    /// <summary>The store behind the broker has no room for it.</summary>
    StoreFull,

    /// <summary>The store behind the broker has lost it to damage.</summary>
    StoreDamaged,
}
