using Godwit.Broker.Log;
using Godwit.Tests.Logs;

namespace Godwit.Broker.Tests.Harness;

/// <summary>
/// What is left of a log when its records have been applied in order. It holds the broker to the rules: what is deleted was there, and nobody
/// is given a message that nobody needed any more. Shards write independently, so a few records may come before what they speak of.
/// </summary>
public sealed class TestLogState
{
    private readonly Dictionary<long, int> _references = [];
    private readonly HashSet<long> _released = [];
    private readonly HashSet<long> _dead = [];
    private readonly HashSet<(uint SessionNo, long Seq)> _done = [];
    private readonly HashSet<uint> _ended = [];

    public SortedDictionary<long, Action<IRecoverySink>> Sessions { get; } = [];

    public SortedDictionary<long, Action<IRecoverySink>> Puts { get; } = [];

    public SortedDictionary<long, Action<IRecoverySink>> Retained { get; } = [];

    /// <summary>What stands in queues, by session and position.</summary>
    public Dictionary<(uint SessionNo, long Seq), MemoryPosition> Queue { get; } = [];

    public Dictionary<long, MemoryMessage> Messages { get; } = [];

    public Dictionary<uint, long> NextSeqs { get; } = [];

    /// <summary>Something has been said of this position and it is over.</summary>
    public bool IsDone(uint sessionNo, long seq) => _done.Contains((sessionNo, seq));

    /// <summary>A position is lost to damage.</summary>
    public void Lose(uint sessionNo, long seq)
    {
        Assert.True(Queue.Remove((sessionNo, seq)));
        _done.Add((sessionNo, seq));
    }

    /// <summary>No older record will come: a place for a message that is not there, because its publisher's shard had not written it, is none.</summary>
    public void DropMissing()
    {
        foreach (var key in Queue.Where(row => !Messages.ContainsKey(row.Value.MessageId)).Select(row => row.Key).ToList())
        {
            Queue.Remove(key);
        }
    }

    /// <summary>Nobody speaks of a message that has not come yet.</summary>
    public void AssertWhole() => Assert.All(Queue.Values, position => Assert.True(Messages.ContainsKey(position.MessageId), $"message {position.MessageId} never came"));

    internal void PutMessage(MemoryMessage message)
    {
        Assert.True(Messages.TryAdd(message.Id, message), $"message {message.Id} comes twice");
        if (message.RetainedVersion != 0 && !_released.Contains(message.Id))
        {
            Retained.Add(message.Id, sink => sink.OnRetained(message.Id, message.ToRecord()));
        }

        AddRecipients(message.Id, message.Recipients);
    }

    internal void AddRecipients(long messageId, byte[] recipients)
    {
        Assert.False(_dead.Contains(messageId), $"message {messageId} is needed by nobody any more");
        var reader = new RecipientReader(recipients);
        while (reader.TryRead())
        {
            var key = (reader.SessionNo, reader.Seq);
            Use(reader.SessionNo, reader.Seq);
            if (_ended.Contains(reader.SessionNo) || _done.Contains(key))
            {
                continue;                       // another shard was faster
            }

            Queue.Add(key, new MemoryPosition(messageId, reader.Entry.ToArray()));
            _references[messageId] = _references.GetValueOrDefault(messageId) + 1;
        }

        Assert.False(reader.IsDamaged);
    }

    internal void Acknowledge(uint sessionNo, long seq)
    {
        Use(sessionNo, seq);
        _done.Add((sessionNo, seq));
        if (Queue.Remove((sessionNo, seq), out var position))
        {
            Release(position.MessageId);
        }
    }

    internal void MarkReceived(uint sessionNo, long seq)
    {
        Assert.True(Queue.TryGetValue((sessionNo, seq), out var position), $"position {seq} of session {sessionNo} {(IsDone(sessionNo, seq) ? "is over" : "has not come")}");
        Queue[(sessionNo, seq)] = position with { Recipient = null };
    }

    internal void ReleaseRetained(long messageId)
    {
        _released.Add(messageId);
        Retained.Remove(messageId);
    }

    internal void Delete(long id)
    {
        Assert.NotEqual(0, id);
        Assert.True(Sessions.Remove(id) || Puts.Remove(id), $"record {id} is not there");
    }

    internal void EndSession(uint sessionNo)
    {
        Assert.True(_ended.Add(sessionNo), $"session {sessionNo} ends twice");
        foreach (var (key, position) in Queue.Where(row => row.Key.SessionNo == sessionNo).ToList())
        {
            Queue.Remove(key);
            Release(position.MessageId);
        }
    }

    private void Use(uint sessionNo, long seq) => NextSeqs[sessionNo] = Math.Max(NextSeqs.GetValueOrDefault(sessionNo), seq + 1);

    private void Release(long messageId)
    {
        _references[messageId]--;
        if (_references[messageId] == 0 && Messages.TryGetValue(messageId, out var message) && message.RetainedVersion == 0)
        {
            _dead.Add(messageId);
        }
    }
}
