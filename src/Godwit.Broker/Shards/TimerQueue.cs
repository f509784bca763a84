namespace Godwit.Broker.Shards;

/// <summary>Deadlines of one shard: a binary heap that knows each member's place, so that a deadline is moved or taken out in log n.</summary>
internal sealed class TimerQueue
{
    private ITimed[] _heap = new ITimed[16];
    private int _count;

    /// <summary>The earliest deadline, milliseconds; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextDueMs => _count == 0 ? long.MaxValue : _heap[0].DueMs;

    /// <summary>Sets the deadline, earlier or later than before; <see cref="long.MaxValue"/> takes it out.</summary>
    public void Set(ITimed timed, long dueMs)
    {
        if (dueMs == long.MaxValue)
        {
            Remove(timed);
            return;
        }

        timed.DueMs = dueMs;
        if (timed.TimerPlace == 0)
        {
            if (_count == _heap.Length)
            {
                Array.Resize(ref _heap, 2 * _count);
            }

            Put(timed, _count++);
        }

        Settle(timed.TimerPlace - 1);
    }

    /// <summary>Takes the earliest out if it is due.</summary>
    public bool TryTakeDue(long nowMs, out ITimed timed)
    {
        if (_count == 0 || _heap[0].DueMs > nowMs)
        {
            timed = null!;
            return false;
        }

        timed = _heap[0];
        Remove(timed);
        return true;
    }

    /// <summary>Takes it out if it is in.</summary>
    public void Remove(ITimed timed)
    {
        var place = timed.TimerPlace - 1;
        if (place < 0)
        {
            return;
        }

        timed.TimerPlace = 0;
        var last = _heap[--_count];
        _heap[_count] = null!;
        if (place < _count)
        {
            Put(last, place);
            Settle(place);
        }
    }

    private void Settle(int place)
    {
        while (place > 0 && _heap[place].DueMs < _heap[(place - 1) / 2].DueMs)
        {
            Swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }

        while (true)
        {
            var least = place;
            for (var child = (2 * place) + 1; child <= (2 * place) + 2 && child < _count; child++)
            {
                least = _heap[child].DueMs < _heap[least].DueMs ? child : least;
            }

            if (least == place)
            {
                return;
            }

            Swap(place, least);
            place = least;
        }
    }

    private void Swap(int a, int b)
    {
        var upper = _heap[a];
        Put(_heap[b], a);
        Put(upper, b);
    }

    private void Put(ITimed timed, int place)
    {
        _heap[place] = timed;
        timed.TimerPlace = place + 1;
    }
}
