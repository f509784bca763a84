namespace Godwit.Broker.Protection;

/// <summary>Why the broker has protected itself. Each decision is counted under its reason, and told in the log and in <c>$SYS</c>.</summary>
public enum ProtectionReason : byte
{
    /// <summary>A client has published more often than it may, and was not read for a while.</summary>
    PublishRate,

    /// <summary>A client has sent more bytes than it may, and was not read for a while.</summary>
    ReceivedBytesRate,

    /// <summary>A client was to be sent more messages than it may: they wait.</summary>
    DeliveryRate,

    /// <summary>A client was to be sent more bytes than it may: messages wait.</summary>
    SentBytesRate,

    /// <summary>Memory is scarce, and a client that sends much is not read.</summary>
    MemoryPublisher,

    /// <summary>Memory is scarce, and a CONNECT that needs a new session was refused.</summary>
    MemorySession,

    /// <summary>Memory is very scarce, and a CONNECT was refused.</summary>
    MemoryConnect,

    /// <summary>An address has connected too often.</summary>
    AddressConnectRate,

    /// <summary>All clients together have connected too often.</summary>
    TotalConnectRate,

    /// <summary>The address is banned.</summary>
    BannedAddress,

    /// <summary>The client identifier is banned.</summary>
    BannedClientId,

    /// <summary>The user is banned.</summary>
    BannedUser,

    /// <summary>The client has come back so often that it is banned for a while.</summary>
    Flapping,

    /// <summary>The user has as many sessions as it may have.</summary>
    UserSessions,

    /// <summary>The user has as many subscriptions as it may have.</summary>
    UserSubscriptions,

    /// <summary>The user has as many retained messages as it may have, and one more was dropped.</summary>
    UserRetained,

    /// <summary>As many bytes wait for the user as may wait, and one more message was treated as with a full queue.</summary>
    UserQueuedBytes,
}
