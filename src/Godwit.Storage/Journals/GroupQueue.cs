namespace Godwit.Storage.Journals;

/// <summary>
/// Where the shards leave their commits for the writer. A commit gets its number where it joins the queue, under the same lock, so numbers are
/// in the order of the log. Two batches change places: nothing is allocated in steady state.
/// </summary>
internal sealed class GroupQueue(Action? wakeWriter)
{
    private readonly Lock _lock = new();
    private GroupBatch _filling = new();
    private long _lastNumber;
    private long _waitingBytes;
    private bool _isDiscarding;

    /// <summary>Something waits for the writer.</summary>
    public bool HasGroups
    {
        get
        {
            lock (_lock)
            {
                return _filling.Groups.Length > 0;
            }
        }
    }

    /// <summary>Bytes of commits that are not written; any thread may ask.</summary>
    public long WaitingBytes => Volatile.Read(ref _waitingBytes);

    /// <summary>Commits of so many bytes have been written.</summary>
    public void OnWritten(long bytes) => Interlocked.Add(ref _waitingBytes, -bytes);

    /// <summary>Puts a commit in.</summary>
    /// <returns>Its number.</returns>
    public long Commit(int shardIndex, ReadOnlySpan<byte> records, int recordCount, bool isAwaited)
    {
        long number;
        bool isFirst;
        lock (_lock)
        {
            number = ++_lastNumber;
            if (_isDiscarding)
            {
                return number;
            }

            isFirst = _filling.Groups.Length == 0;
            _filling.Add(new Group(shardIndex, _filling.Records.Length, records.Length, recordCount, number, isAwaited, default));
            _filling.Records.Bytes(records);
        }

        Interlocked.Add(ref _waitingBytes, records.Length);

        if (isFirst)
        {
            wakeWriter?.Invoke();
        }

        return number;
    }

    /// <summary>Puts a question in.</summary>
    public void Ask(in QueueQuestion question)
    {
        bool isFirst;
        lock (_lock)
        {
            if (_isDiscarding)
            {
                return;
            }

            isFirst = _filling.Groups.Length == 0;
            _filling.Add(new Group(question.ShardIndex, 0, 0, 0, 0, IsAwaited: false, question));
        }

        if (isFirst)
        {
            wakeWriter?.Invoke();
        }
    }

    /// <summary>Takes everything out.</summary>
    /// <param name="batch">An empty one in, a full one out.</param>
    /// <returns>False: nothing waits.</returns>
    public bool TryTake(ref GroupBatch batch)
    {
        lock (_lock)
        {
            if (_filling.Groups.Length == 0)
            {
                return false;
            }

            (batch, _filling) = (_filling, batch);
            return true;
        }
    }

    /// <summary>Nothing will be written any more: takes no more in, so that memory does not grow.</summary>
    public void Discard()
    {
        lock (_lock)
        {
            _isDiscarding = true;
            _filling.Clear();
        }
    }
}
