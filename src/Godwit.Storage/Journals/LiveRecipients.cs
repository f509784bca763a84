using Godwit.Broker.Log;
using Godwit.Storage.Index;

namespace Godwit.Storage.Journals;

/// <summary>Of the recipients of a message, those whose queues still need it: only they are copied.</summary>
internal sealed class LiveRecipients(StoreIndex index)
{
    private readonly RecipientList _live = new();

    /// <summary>Those of a list that are left.</summary>
    /// <param name="id">The record with the list: of the message, or of a reference to it.</param>
    /// <param name="list">As it stands in the log.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<byte> Of(long id, ReadOnlySpan<byte> list)
    {
        _live.Clear();
        var reader = new RecipientReader(list);
        while (reader.TryRead())
        {
#if DEFECTS
            if (Protocol.Defect.Is("acknowledged-copied")) { _live.Add(reader.Entry); continue; }
#endif
            if (index.Sessions.TryGetValue(reader.SessionNo, out var queue) && queue.Ring[reader.Seq] == id)
            {
                _live.Add(reader.Entry);
            }
        }

        return _live.Span;
    }
}
