namespace Godwit.Simulation.Runs;

/// <summary>Interesting situations. Each has to be met in a few hundred seeds, or the simulator has gone blunt.</summary>
public enum Situation
{
    /// <summary>A client identifier was taken over while its old connection was open.</summary>
    Takeover,

    /// <summary>... while a QoS 2 exchange of the broker waited for PUBCOMP.</summary>
    TakeoverDuringPubrel,

    /// <summary>... of which the client knew nothing any more.</summary>
    HalfOpenTakeover,

    /// <summary>A session went on with a new connection.</summary>
    SessionResumed,

    /// <summary>A session ended because its time was over.</summary>
    SessionExpired,

    /// <summary>A client came back in the moment in which its session expires.</summary>
    ReconnectAtExpiry,

    /// <summary>Clean Start threw a session away.</summary>
    CleanStartOverSession,

    /// <summary>A connection with a will was lost.</summary>
    WillAfterLoss,

    /// <summary>DISCONNECT 0x04.</summary>
    WillAfterDisconnectWithWill,

    /// <summary>A will went out when its delay was over.</summary>
    WillAfterDelay,

    /// <summary>A will went out before its delay was over, because the session ended.</summary>
    WillAtSessionEnd,

    /// <summary>A client came back before its will went out.</summary>
    WillCancelledByReconnect,

    /// <summary>A will was retained.</summary>
    RetainedWill,

    /// <summary>PUBLISH was repeated to a client.</summary>
    PublishRepeated,

    /// <summary>PUBREL was repeated to a client.</summary>
    PubrelRepeated,

    /// <summary>A client repeated a QoS 2 PUBLISH that the broker had.</summary>
    QoS2PublishRepeated,

    /// <summary>Packet ids went from 65,535 to 1.</summary>
    PacketIdWrap,

    /// <summary>As many messages were in flight as the client takes.</summary>
    ReceiveMaximumReached,

    /// <summary>A receiver refused a message.</summary>
    RefusedByReceiver,

    /// <summary>A session ended that was a member of a shared group and had messages in flight.</summary>
    SharedMemberGoneInFlight,

    /// <summary>What it had left went to another member.</summary>
    SharedRedistributed,

    /// <summary>A message expired in a queue.</summary>
    ExpiredInQueue,

    /// <summary>A queue was full.</summary>
    QueueFull,

    /// <summary>A message was too large for its receiver.</summary>
    TooLargeForReceiver,

    /// <summary>No Local kept a message from its publisher.</summary>
    NoLocalHeld,

    /// <summary>Several subscriptions of a session became one copy with all their identifiers.</summary>
    OverlapMerged,

    /// <summary>A subscription was replaced.</summary>
    SubscriptionReplaced,

    /// <summary>UNSUBSCRIBE came while messages were in flight.</summary>
    UnsubscribedInFlight,

    /// <summary>The broker used a Topic Alias.</summary>
    OutboundAlias,

    /// <summary>The transport took less than all.</summary>
    Congestion,

    /// <summary>A client that took nothing was closed.</summary>
    SlowReader,

    /// <summary>A client that said nothing was closed.</summary>
    KeepAliveTimeout,

    /// <summary>A connection broke inside a packet.</summary>
    CutInsidePacket,

    /// <summary>The rest of a client's input was put off to the next turn.</summary>
    InputDeferred,

    /// <summary>A shard did not read, because another did not keep up.</summary>
    ReadingPaused,

    /// <summary>A client lost all it knew and began anew.</summary>
    ClientLostItsStore,

    /// <summary>A message was not sent to a client that had no right to it.</summary>
    ReceiveDenied,

    /// <summary>A client was told that it may not publish.</summary>
    PublishDenied,

    /// <summary>A retained message was not sent, because its publisher had lost the right.</summary>
    RetainedPublisherDenied,

    /// <summary>The broker's process went away.</summary>
    BrokerCrash,

    /// <summary>It went away again while it read its store.</summary>
    CrashInRecovery,

    /// <summary>The power was cut while something was written and not flushed.</summary>
    PowerCutBeforeFlush,

    /// <summary>The end of the log was torn, and was cut off.</summary>
    TornTailCut,

    /// <summary>Records were copied so that their segment could be given back.</summary>
    CompactionRan,

    /// <summary>A segment that was given back was used again.</summary>
    SegmentRecycled,

    /// <summary>A part of a queue was read from the disk.</summary>
    BacklogRead,

    /// <summary>A session that came back after a restart waited for PUBCOMP.</summary>
    PubrelOverRestart,

    /// <summary>A SUBSCRIBE still waited for retained messages after a restart.</summary>
    SearchOverRestart,

    /// <summary>A session that had ended had still something to hand on after a restart.</summary>
    HandOverAfterRestart,

    /// <summary>The disk had no space.</summary>
    StoreFull,

    /// <summary>... and service went on when it had.</summary>
    StoreHasSpaceAgain,

    /// <summary>A write or a flush failed.</summary>
    StoreFailed,

    /// <summary>The system clock was behind at a restart.</summary>
    ClockWentBack,

    /// <summary>The system clock was ahead at a restart.</summary>
    ClockWentAhead,

    /// <summary>The will of a connection that the crash has ended went out at the restart.</summary>
    WillRecovered,
}
