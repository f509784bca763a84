using System.Runtime.InteropServices;

namespace Godwit.Broker.Log;

/// <summary>
/// A search for retained messages as it stands in the log: that it goes on, and which messages have a place in the queue already. Those are noted in
/// the commit that gives them their places, so that after a crash none is missing and none comes twice.
/// </summary>
/// <param name="sessionNo">The session.</param>
/// <param name="recordIds">Of the search, then of what has been noted of it.</param>
internal sealed class RetainedProgress(uint sessionNo, params List<long> recordIds) : ICompanion
{
    private readonly List<long> _given = [];

    public void Write(Durability durability, long messageId)
    {
        if (_given.Count == 0)
        {
            durability.Note(this);
        }

        _given.Add(messageId);
    }

    /// <summary>The turn ends: notes what has got its place in it.</summary>
    public void WriteGiven(IShardLog log)
    {
        if (_given.Count == 0)
        {
            return;                             // it has ended in this turn
        }

        var id = log.NewId();
        log.PutRetainedGiven(id, sessionNo, recordIds[0], CollectionsMarshal.AsSpan(_given));
        recordIds.Add(id);
        _given.Clear();
    }

    /// <summary>Everything found has its place, or nobody wants it any more.</summary>
    public void Delete(IShardLog log)
    {
        recordIds.ForEach(log.Delete);
        recordIds.Clear();
        _given.Clear();
    }
}
