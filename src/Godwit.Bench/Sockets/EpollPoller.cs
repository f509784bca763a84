using System.Buffers.Binary;
using System.ComponentModel;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Godwit.Bench.Sockets;

/// <summary>The sockets of one worker on Linux: plain system calls over one level-triggered epoll instance.</summary>
internal sealed unsafe class EpollPoller : ISocketPoller
{
    private const int WakeId = -1;
    private const int NoSocket = -1;
    private const int Awake = 0;
    private const int Sleeping = 1;
    private const int Woken = 2;
    private const int AddressSizeMax = 28;                  // sockaddr_in6
    private const long NsPerSecond = 1_000_000_000;
    private const long NsPerMs = 1_000_000;

    // On x64 struct epoll_event is packed to 12 bytes; elsewhere its 64 bits of data are aligned, which makes 16.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - sizeof(long);

    private readonly int[] _fds;
    private readonly int _epoll;
    private readonly int _eventFd;
    private readonly byte[] _events;
    private readonly int _eventsMax;
    private bool _hasFineTimeout = true;
    private int _state;

    /// <summary>Takes a descriptor for the epoll and one for the wake-up.</summary>
    /// <param name="clients">How many numbers clients have.</param>
    /// <param name="eventsMax">Events taken at once.</param>
    internal EpollPoller(int clients, int eventsMax)
    {
        _fds = new int[clients];
        Array.Fill(_fds, NoSocket);
        _eventsMax = eventsMax;
        _events = GC.AllocateArray<byte>(eventsMax * EventSize, pinned: true);
        _epoll = Libc.EpollCreate1(Libc.CloseOnExec);
        _eventFd = Libc.EventFd(0, Libc.CloseOnExec | Libc.NonBlocking);
        if (_epoll < 0 || _eventFd < 0 || !Control(Libc.EpollAdd, _eventFd, WakeId, Libc.EpollIn | Libc.EpollEdgeTriggered))
        {
            throw new Win32Exception(Libc.LastError, "epoll: " + Libc.Describe(Libc.LastError));
        }
    }

    public long NowNs => MonotonicTime.NowNs;

    /// <summary>Sleeps of this thread end a microsecond late at most; the kernel's usual slack is fifty.</summary>
    internal static void SharpenTimers() => _ = Libc.PrCtl(Libc.TimerSlackOption, 1000, 0, 0, 0);

    public string? Open(int client, IPEndPoint remote, IPAddress? local)
    {
        var family = remote.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? Libc.AfInet6 : Libc.AfInet;
        var fd = Libc.Socket(family, Libc.SockStream | Libc.SockNonBlock | Libc.SockCloseOnExec, 0);
        if (fd < 0)
        {
            return Libc.Describe(Libc.LastError);
        }

        _fds[client] = fd;
        _ = Libc.SetOption(fd, Libc.IpProtoTcp, Libc.TcpNoDelay, 1);
        var address = stackalloc byte[AddressSizeMax];
        if (local is not null)
        {
            _ = Libc.SetOption(fd, Libc.IpProtoIp, Libc.IpBindAddressNoPort, 1);        // connect chooses the port, which then may serve several brokers
            if (Libc.Bind(fd, address, WriteAddress(address, new IPEndPoint(local, 0))) < 0)
            {
                return $"{local}: {Libc.Describe(Libc.LastError)}";
            }
        }

        if (Libc.Connect(fd, address, WriteAddress(address, remote)) < 0 && Libc.LastError != Libc.InProgress)
        {
            return Libc.Describe(Libc.LastError);
        }

        return Control(Libc.EpollAdd, fd, client, Libc.EpollIn | Libc.EpollOut) ? null : Libc.Describe(Libc.LastError);
    }

    public string? FinishOpen(int client)
    {
        int error = 0;
        uint size = sizeof(int);
        _ = Libc.GetSockOpt(_fds[client], Libc.SolSocket, Libc.SoError, &error, &size);
        return error == 0 ? null : Libc.Describe(error);
    }

    public int Receive(int client, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            var count = Libc.Recv(_fds[client], start, (nuint)buffer.Length, 0);
            return count >= 0 ? (int)count : IsTransient(Libc.LastError) ? -1 : 0;
        }
    }

    public int Send(int client, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            var count = Libc.Send(_fds[client], start, (nuint)bytes.Length, Libc.MsgNoSignal);
            return count >= 0 ? (int)count : IsTransient(Libc.LastError) ? 0 : -1;
        }
    }

    public void WatchWriting(int client, bool isWatched) =>
        Control(Libc.EpollModify, _fds[client], client, Libc.EpollIn | (isWatched ? Libc.EpollOut : 0));

    public void Close(int client)
    {
        if (_fds[client] != NoSocket)
        {
            _ = Libc.Close(_fds[client]);       // this takes it out of the epoll, too
            _fds[client] = NoSocket;
        }
    }

    public int Wait(Span<SocketEvent> events, long timeoutNs)
    {
        if (timeoutNs > 0 && Interlocked.CompareExchange(ref _state, Sleeping, Awake) != Awake)
        {
            timeoutNs = 0;              // woken since the last wait: there may be something to do
        }

        var start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_events));
        var count = WaitForEvents(start, Math.Min(events.Length, _eventsMax), timeoutNs);
        Interlocked.Exchange(ref _state, Awake);
        var found = 0;
        for (var i = 0; i < count; i++, start += EventSize)
        {
            var id = (int)Unsafe.ReadUnaligned<long>(start + DataOffset);
            var flags = Unsafe.ReadUnaligned<uint>(start);
            if (id != WakeId)
            {
                var isGone = (flags & (Libc.EpollError | Libc.EpollHangUp)) != 0;
                events[found++] = new SocketEvent(
                    id,
                    ((flags & Libc.EpollIn) != 0 || isGone ? SocketEvents.Readable : 0) | ((flags & Libc.EpollOut) != 0 || isGone ? SocketEvents.Writable : 0));
            }
        }

        return found;
    }

    public void Wake()
    {
        if (Interlocked.Exchange(ref _state, Woken) == Sleeping)
        {
            var one = 1UL;
            _ = Libc.Write(_eventFd, (byte*)&one, sizeof(ulong));
        }
    }

    public void Dispose()
    {
        for (var client = 0; client < _fds.Length; client++)
        {
            Close(client);
        }

        _ = Libc.Close(_eventFd);
        _ = Libc.Close(_epoll);
    }

    private static bool IsTransient(int error) => error is Libc.TryAgain or Libc.Interrupted;

    private static uint WriteAddress(byte* target, IPEndPoint endPoint)
    {
        var address = new Span<byte>(target, AddressSizeMax);
        address.Clear();
        var isVersion6 = endPoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        var family = (ushort)(isVersion6 ? Libc.AfInet6 : Libc.AfInet);
        MemoryMarshal.Write(address, in family);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)endPoint.Port);
        endPoint.Address.TryWriteBytes(address[(isVersion6 ? 8 : 4)..], out _);
        if (isVersion6)
        {
            var scope = (uint)endPoint.Address.ScopeId;
            MemoryMarshal.Write(address[24..], in scope);
        }

        return isVersion6 ? AddressSizeMax : 16u;
    }

    private int WaitForEvents(byte* start, int eventsMax, long timeoutNs)
    {
        if (_hasFineTimeout && timeoutNs % NsPerMs != 0)
        {
            var timeout = stackalloc long[2];
            timeout[0] = timeoutNs / NsPerSecond;
            timeout[1] = timeoutNs % NsPerSecond;
            try
            {
                var count = Libc.EpollPWait2(_epoll, start, eventsMax, timeout, 0);
                if (count >= 0 || Libc.LastError == Libc.Interrupted)
                {
                    return Math.Max(count, 0);
                }

                _hasFineTimeout = false;            // an older kernel
            }
            catch (EntryPointNotFoundException)
            {
                _hasFineTimeout = false;            // an older library
            }
        }

        return Math.Max(Libc.EpollWait(_epoll, start, eventsMax, (int)((timeoutNs + NsPerMs - 1) / NsPerMs)), 0);
    }

    private bool Control(int operation, int fd, int id, uint flags)
    {
        var epollEvent = stackalloc byte[EventSize];
        Unsafe.WriteUnaligned(epollEvent, flags);
        Unsafe.WriteUnaligned(epollEvent + DataOffset, (long)id);
        return Libc.EpollCtl(_epoll, operation, fd, epollEvent) == 0;
    }
}
