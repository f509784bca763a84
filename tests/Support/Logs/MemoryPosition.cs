namespace Godwit.Tests.Logs;

/// <summary>A position of a queue.</summary>
/// <param name="MessageId">Of its message; after PUBREC it is no longer needed.</param>
/// <param name="Recipient">The recipient's entry; null after PUBREC.</param>
public sealed record MemoryPosition(long MessageId, byte[]? Recipient)
{
    public bool IsReceived => Recipient is null;
}
