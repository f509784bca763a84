using System.Threading.Channels;
using Godwit.Testing.Running;

namespace Godwit.Interop.Clients;

/// <summary>The messages a client has shown and no test has taken yet.</summary>
public sealed class MessageQueue
{
    private readonly Channel<ReceivedMessage> _messages = Channel.CreateUnbounded<ReceivedMessage>();

    /// <summary>Adds a message that was just shown.</summary>
    public void Add(ReceivedMessage message) => _messages.Writer.TryWrite(message);

    /// <summary>Takes the oldest message, waiting for it.</summary>
    /// <param name="transcript">What the client printed, for the failure.</param>
    public async Task<ReceivedMessage> NextAsync(Func<string> transcript)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadlines.Answer);
        try
        {
            return await _messages.Reader.ReadAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"No message from {transcript()}");
            throw;
        }
    }
}
