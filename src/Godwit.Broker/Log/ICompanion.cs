namespace Godwit.Broker.Log;

/// <summary>What has to be in the log together with the recipients of a message: both, or neither.</summary>
internal interface ICompanion
{
    /// <summary>The message and its recipients have just been written; this goes into the same commit.</summary>
    /// <param name="durability">Of the shard that writes.</param>
    /// <param name="messageId">Of the message.</param>
    void Write(Durability durability, long messageId);
}
