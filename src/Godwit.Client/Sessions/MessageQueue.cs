namespace Godwit.Client.Sessions;

/// <summary>Received messages that wait for the one reader. Guarded by the session's gate.</summary>
internal sealed class MessageQueue(int countMax, long bytesMax)
{
    private readonly Queue<MqttMessage> _messages = new();
    private long _bytes;
    private TaskCompletionSource? _readerWaits;
    private Exception? _failure;
    private bool _isEnded;

    /// <summary>No further message should come.</summary>
    public bool IsFull => _messages.Count >= countMax || _bytes >= bytesMax;

    /// <summary>QoS 0 messages that were thrown away because the queue was full.</summary>
    public long DroppedCount { get; private set; }

    /// <summary>Appends a message; that the queue is not full is the caller's business.</summary>
    public void Enqueue(MqttMessage message)
    {
        _messages.Enqueue(message);
        _bytes += message.Size;
        WakeReader();
    }

    /// <summary>A QoS 0 message finds the queue full.</summary>
    public void Drop() => DroppedCount++;

    /// <summary>Takes the oldest message.</summary>
    /// <param name="message">Null with false.</param>
    /// <returns>False: there is none now; <see cref="WaitAsync"/> says when to look again, or that no more will come.</returns>
    public bool TryDequeue(out MqttMessage? message)
    {
        if (!_messages.TryDequeue(out message))
        {
            return false;
        }

        _bytes -= message.Size;
        return true;
    }

    /// <summary>Says whether no more messages will come.</summary>
    /// <exception cref="MqttException">The connection was lost for good.</exception>
    public bool CheckEnded() => _failure is null ? _isEnded : throw _failure;

    /// <summary>The queue was found empty. The task completes when there is something, or at the end.</summary>
    public Task WaitAsync()
    {
        _readerWaits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _readerWaits.Task;
    }

    /// <summary>A connection begins: messages may come.</summary>
    public void Open()
    {
        _isEnded = false;
        _failure = null;
    }

    /// <summary>No more messages will come. What is queued can still be read. The first end counts.</summary>
    public void End(Exception? failure)
    {
        if (!_isEnded)
        {
            _isEnded = true;
            _failure = failure;
            WakeReader();
        }
    }

    private void WakeReader()
    {
        _readerWaits?.TrySetResult();
        _readerWaits = null;
    }
}
