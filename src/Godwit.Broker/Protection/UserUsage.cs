namespace Godwit.Broker.Protection;

/// <summary>How much one user has. Its sessions may be in any shard, so the figures are changed with interlocked operations.</summary>
internal sealed class UserUsage(string userName)
{
    private int _sessions;
    private int _subscriptions;
    private long _queuedBytes;

    public string UserName => userName;

    /// <summary>Sessions, connected or not.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Subscriptions of all of them.</summary>
    public int Subscriptions => Volatile.Read(ref _subscriptions);

    /// <summary>Bytes that wait in all of them, as far as that is counted.</summary>
    public long QueuedBytes => Volatile.Read(ref _queuedBytes);

    public int AddSessions(int count) => Interlocked.Add(ref _sessions, count);

    public void AddSubscriptions(int count) => Interlocked.Add(ref _subscriptions, count);

    public void AddQueuedBytes(long bytes) => Interlocked.Add(ref _queuedBytes, bytes);
}
