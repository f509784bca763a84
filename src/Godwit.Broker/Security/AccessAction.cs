namespace Godwit.Broker.Security;

/// <summary>What a client wants to do.</summary>
public enum AccessAction : byte
{
    /// <summary>Send a message to a topic; its will too.</summary>
    Publish,

    /// <summary>Make a subscription.</summary>
    Subscribe,

    /// <summary>Be sent a message.</summary>
    Receive,
}
