using System.ComponentModel;
using Microsoft.Win32.SafeHandles;

namespace Godwit.Server.Transports;

/// <summary>
/// Ends the epoll_wait of a loop from another thread. The eventfd is written only when the loop sleeps or is about to.
/// </summary>
/// <remarks>
/// Three states. <see cref="Wake"/> always leaves Woken behind, and writes when it found Sleeping. The loop goes from Awake to
/// Sleeping before it waits; if it finds Woken instead it must not wait. It goes back to Awake after the wait and <i>before</i>
/// it looks at its mailbox. So what was posted before a Wake is seen: either the mailbox is looked at after Woken was cleared,
/// or Woken is found before the next wait, or the eventfd ends that wait. Every change is an interlocked operation, hence in
/// one order for all threads. The eventfd is edge-triggered: each write is reported once and needs no read.
/// </remarks>
internal sealed unsafe class WakeSignal : IDisposable
{
    private const int Awake = 0;
    private const int Sleeping = 1;
    private const int Woken = 2;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    private readonly SafeFileHandle _eventFd;
    private int _state;

    /// <summary>Adds the eventfd to the loop's epoll.</summary>
    /// <param name="epoll">The loop's epoll.</param>
    /// <param name="id">Data of the event; it carries no other meaning than that the wait has ended.</param>
    internal WakeSignal(Epoll epoll, long id)
    {
        var fd = Libc.EventFd(0, CloseOnExec | NonBlocking);
        _eventFd = new SafeFileHandle(fd, ownsHandle: true);
        if (fd < 0 || !epoll.Add(fd, id, EpollFlags.In | EpollFlags.EdgeTriggered))
        {
            throw new Win32Exception(Errno.Last, "eventfd: " + Errno.Describe(Errno.Last));
        }
    }

    /// <summary>The loop is going to wait.</summary>
    /// <returns>False: something was posted, do not wait.</returns>
    internal bool TrySleep() => Interlocked.CompareExchange(ref _state, Sleeping, Awake) == Awake;

    /// <summary>The loop has stopped waiting and looks at its mailbox next.</summary>
    internal void StayAwake() => Interlocked.Exchange(ref _state, Awake);

    /// <summary>Makes the loop look at its mailbox; any thread, also when the loop has ended.</summary>
    internal void Wake()
    {
        if (Interlocked.Exchange(ref _state, Woken) != Sleeping)
        {
            return;
        }

        try
        {
            var one = 1UL;
            _ = Libc.Write(_eventFd, (byte*)&one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The loop has ended since it was found sleeping. The handle counts its users, so no foreign descriptor is written.
        }
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _state, Woken);        // nobody writes from now on
        _eventFd.Dispose();
    }
}
