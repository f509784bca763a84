using Godwit.Broker.Messages;

namespace Godwit.Broker.Log;

/// <summary>
/// The record of a retained message until it is committed. It also releases the older message of its topic, so what replaces or clears the message
/// from another shard is committed behind it: else a crash could keep that and undo this, and the older message would come back.
/// </summary>
/// <param name="message">The message, which knows of this as long as it lasts.</param>
/// <param name="owner">Of the shard that writes it.</param>
internal sealed class RetainedWrite(Message message, Durability owner) : ICompanion
{
    private readonly Lock _lock = new();
    private List<PendingPublish>? _followers;
    private bool _isCommitted;

    /// <summary>Of the shard that writes it, and all that comes behind it there in this order.</summary>
    public Durability Owner => owner;

    /// <summary>The message has been replaced or cleared: the record of that waits for this one.</summary>
    public void Precede(PendingPublish follower)
    {
        lock (_lock)
        {
            if (!_isCommitted)
            {
                follower.Hold();
                (_followers ??= []).Add(follower);
            }
        }
    }

    public void Write(Durability durability, long messageId) => durability.Written(this);

    /// <summary>The commit has its number; those that come now have higher ones.</summary>
    public void Committed()
    {
        lock (_lock)
        {
            _isCommitted = true;
        }

        message.Write = null;
        _followers?.ForEach(follower => follower.LetGo());
    }
}
