using Godwit.Storage.Index;

namespace Godwit.Storage.Journals;

/// <summary>
/// Records that have been copied, and where to. They are read from the old place until the copies are durable; then they move, some at a time: a
/// segment of small messages has hundreds of thousands, and commits wait meanwhile. Either place is right until the old one is given back.
/// </summary>
internal sealed class MovedRecords(StoreIndex index)
{
    /// <summary>Takes less time than a flush.</summary>
    public const int StepCount = 4_096;

    private readonly List<(long Id, RecordLocation To)> _records = [];
    private int _count;

    /// <summary>A record has been copied.</summary>
    public void Add(long id, RecordLocation to) => _records.Add((id, to));

    /// <summary>Moves some.</summary>
    /// <param name="from">The segment that all of them were copied from.</param>
    /// <returns>That was all; it is empty.</returns>
    public bool Move(uint from)
    {
        var end = Math.Min(_count + StepCount, _records.Count);
        for (; _count < end; _count++)
        {
            var (id, to) = _records[_count];
            index.Move(id, from, to);
        }

        if (_count < _records.Count)
        {
            return false;
        }

        _records.Clear();
        _count = 0;
        return true;
    }
}
