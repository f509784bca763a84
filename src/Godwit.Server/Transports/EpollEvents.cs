using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Godwit.Server.Transports;

/// <summary>
/// An array of struct epoll_event: 32 bits of flags and 64 bits of our own. On x64 the struct is packed to 12 bytes; everywhere
/// else the 64 bits are aligned, which makes 16.
/// </summary>
internal sealed unsafe class EpollEvents
{
    internal static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int IdOffset = EventSize - sizeof(long);

    private readonly byte[] _events;

    /// <summary>Allocates the array.</summary>
    /// <param name="capacity">Events taken from the kernel at once.</param>
    internal EpollEvents(int capacity)
    {
        Capacity = capacity;
        _events = GC.AllocateArray<byte>(capacity * EventSize, pinned: true);
    }

    internal int Capacity { get; }

    /// <summary>Where the kernel writes; the array is pinned.</summary>
    internal byte* Pointer => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_events));

    internal EpollFlags Flags(int index) => Unsafe.ReadUnaligned<EpollFlags>(Pointer + (index * EventSize));

    internal long Id(int index) => Unsafe.ReadUnaligned<long>(Pointer + (index * EventSize) + IdOffset);

    /// <summary>Writes one event for epoll_ctl.</summary>
    /// <param name="target">At least <see cref="EventSize"/> bytes.</param>
    /// <param name="flags">What to wait for.</param>
    /// <param name="id">Comes back with each event.</param>
    internal static void Write(byte* target, EpollFlags flags, long id)
    {
        Unsafe.WriteUnaligned(target, flags);
        Unsafe.WriteUnaligned(target + IdOffset, id);
    }
}
