namespace Godwit.Bench.Clients;

/// <summary>
/// The QoS 1 and 2 messages of one publisher that are not acknowledged. Packet ids are used in the order in which they became
/// free, so that an acknowledgement that comes twice meets a free id.
/// </summary>
internal sealed class InFlightWindow
{
    private readonly ushort[] _free;        // a ring
    private readonly State[] _states;       // by packet id
    private readonly long[] _sentNs;        // by packet id
    private int _firstFree;
    private int _count;

    /// <summary>All ids are free.</summary>
    /// <param name="size">1 to 65,535.</param>
    internal InFlightWindow(int size)
    {
        Limit = size;
        _free = new ushort[size];
        _states = new State[size + 1];
        _sentNs = new long[size + 1];
        for (var i = 0; i < size; i++)
        {
            _free[i] = (ushort)(i + 1);
        }
    }

    private enum State : byte
    {
        Free,
        Sent,
        Released,
    }

    /// <summary>Messages in flight at most; the broker's Receive Maximum may lower it.</summary>
    internal int Limit { get; set; }

    internal bool HasRoom => _count < Limit && _count < _free.Length;

    internal int Count => _count;

    /// <summary>Takes an id; there must be room.</summary>
    /// <param name="sentNs">Comes back with the acknowledgement.</param>
    internal ushort Take(long sentNs)
    {
        var packetId = _free[_firstFree];
        _firstFree = _firstFree + 1 == _free.Length ? 0 : _firstFree + 1;
        _count++;
        _states[packetId] = State.Sent;
        _sentNs[packetId] = sentNs;
        return packetId;
    }

    /// <summary>PUBREC without an error arrived.</summary>
    /// <returns>False: nothing waits for it.</returns>
    internal bool Release(ushort packetId)
    {
        if (packetId >= _states.Length || _states[packetId] != State.Sent)
        {
            return false;
        }

        _states[packetId] = State.Released;
        return true;
    }

    /// <summary>PUBACK, PUBCOMP or a PUBREC with an error arrived.</summary>
    /// <param name="packetId">Any number.</param>
    /// <param name="isReleased">It is a PUBCOMP.</param>
    /// <param name="sentNs">With true: when the message was sent.</param>
    /// <returns>False: nothing waits for it.</returns>
    internal bool End(ushort packetId, bool isReleased, out long sentNs)
    {
        sentNs = 0;
        if (packetId >= _states.Length || _states[packetId] != (isReleased ? State.Released : State.Sent))
        {
            return false;
        }

        sentNs = _sentNs[packetId];
        _states[packetId] = State.Free;
        var end = _firstFree + _free.Length - _count;
        _free[end >= _free.Length ? end - _free.Length : end] = packetId;
        _count--;
        return true;
    }
}
