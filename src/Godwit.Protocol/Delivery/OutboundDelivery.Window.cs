using System.Runtime.CompilerServices;

namespace Godwit.Protocol.Delivery;

/// <summary>The in-flight window: a ring of slots, one for each position from the oldest open one to the newest that was sent.</summary>
public sealed partial class OutboundDelivery<TMessage>
{
    private Slot[] _ring = [];
    private long _oldest;           // first slot that is not cleared
    private long _next;             // behind the last slot
    private int _inFlightCount;

    /// <summary>The slot of a packet id that was sent; a null reference when there is none.</summary>
    private ref Slot Find(ushort packetId)
    {
        var seq = PacketIds.PositionOf(packetId, _oldest);
        if (packetId == 0 || seq >= _next)
        {
            return ref Unsafe.NullRef<Slot>();
        }

        return ref At(seq);
    }

    private void Settle(ref Slot slot)
    {
        _inFlightCount--;
        if (slot.HoldsQuota)
        {
            _quota.Return();
        }

        slot.State = OutboundState.Settled;
        slot.Message = default!;
    }

    private void ClearSettled()
    {
        while (_oldest < _next && At(_oldest).State == OutboundState.Settled)
        {
            _oldest++;
        }

        _resend = Math.Max(_resend, _oldest);
    }

    /// <summary>Ids of the window are unique while it is narrower than their number; an empty window can begin anywhere.</summary>
    private bool IsInWindow(long seq) => _oldest == _next || seq - _oldest < PacketIds.Count;

    /// <summary>Takes a position into the window. Those before it that were dropped from the queue count as acknowledged.</summary>
    private ref Slot Append(long seq)
    {
        if (_oldest == _next)
        {
            _oldest = _resend = _next = seq;
        }

        while (_next < seq)
        {
            AppendSlot().State = OutboundState.Settled;
        }

        _inFlightCount++;
        return ref AppendSlot();
    }

    private ref Slot AppendSlot()
    {
        if (_next - _oldest == _ring.Length)
        {
            Grow();
        }

        ref var slot = ref At(_next++);
        slot = default;
        return ref slot;
    }

    private void Grow()
    {
        var larger = new Slot[Math.Max(4, 2 * _ring.Length)];       // powers of two, so that a position is masked, not divided
        for (var seq = _oldest; seq < _next; seq++)
        {
            larger[seq & (larger.Length - 1)] = At(seq);
        }

        _ring = larger;
    }

    private ref Slot At(long seq) => ref _ring[seq & (_ring.Length - 1)];

    private struct Slot
    {
        public TMessage Message;
        public OutboundState State;
        public QoS QoS;
        public bool HoldsQuota;
    }
}
