using Godwit.Broker.Messages;

namespace Godwit.Broker.Log;

/// <summary>
/// The record that a retained message is cleared. Until it is durable, who clears the topic again finds nothing, and may still not be told that there is
/// nothing: a crash would bring the message back.
/// </summary>
/// <param name="cleared">The message.</param>
internal sealed class RetainedClear(Message cleared) : ICompanion
{
    public void Write(Durability durability, long messageId) => durability.Cleared(cleared);
}
