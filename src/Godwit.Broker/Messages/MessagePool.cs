namespace Godwit.Broker.Messages;

/// <summary>
/// Messages of one shard for re-use, in size classes of 64 bytes to 64 KB; larger ones are not kept. Only the owning shard rents; any
/// thread returns. One of the synchronised types of the core: returns of shared messages are pushed onto a lock-free stack that the owner
/// takes as a whole, so a message cannot be popped and pushed again under somebody's feet.
/// </summary>
internal sealed class MessagePool
{
    private const int SmallestBytes = 64;
    private const int ClassCount = 6;                   // 64, 256, 1 K, 4 K, 16 K, 64 K
    private const int KeptBytesMax = 4 * 1024 * 1024;   // in each class: a burst of large messages is not kept for ever

    private readonly Message?[] _returned = new Message?[ClassCount];
    private readonly Message?[] _free = new Message?[ClassCount];
    private readonly int[] _freeCounts = new int[ClassCount];

    /// <summary>A message that no pool keeps, for the retained store.</summary>
    public static Message Unpooled(in MessageView view)
    {
        var message = new Message(pool: null, sizeClass: -1, view.Topic.Length + view.Properties.Length + view.Payload.Length);
        message.Fill(view);
        return message;
    }

    /// <summary>Copies a message in; the caller holds the only reference. Owner thread only.</summary>
    public Message Rent(in MessageView view)
    {
        var size = view.Topic.Length + view.Properties.Length + view.Payload.Length;
        var message = Take(ClassOf(size)) ?? Create(size);
        message.Fill(view);
        message.PublisherId = null;
        message.PublisherIdentity = null;
        message.WasRetain = false;
        message.Version = 0;
        message.LogId = 0;
        message.Ticket = null;
        return message;
    }

    /// <summary>The last reference to a message that was never shared is gone. Owner thread only.</summary>
    public void ReturnOwn(Message message)
    {
        var sizeClass = message.SizeClass;
        if (sizeClass >= 0 && _freeCounts[sizeClass] < KeptMax(sizeClass))
        {
            _freeCounts[sizeClass]++;
            message.NextInPool = _free[sizeClass];
            _free[sizeClass] = message;
        }
    }

    /// <summary>The last reference is gone. Any thread.</summary>
    public void Return(Message message)
    {
        if (message.SizeClass < 0)
        {
            return;
        }

        ref var top = ref _returned[message.SizeClass];
        Message? seen;
        do
        {
            seen = Volatile.Read(ref top);
            message.NextInPool = seen;
        }
        while (Interlocked.CompareExchange(ref top, message, seen) != seen);
    }

    private static int ClassOf(int size)
    {
        var capacity = SmallestBytes;
        for (var sizeClass = 0; sizeClass < ClassCount; sizeClass++, capacity *= 4)
        {
            if (size <= capacity)
            {
                return sizeClass;
            }
        }

        return -1;
    }

    private Message Create(int size)
    {
        var sizeClass = ClassOf(size);
        return new Message(this, sizeClass, sizeClass < 0 ? size : SmallestBytes << (2 * sizeClass));
    }

    private Message? Take(int sizeClass)
    {
        if (sizeClass < 0)
        {
            return null;
        }

        ref var free = ref _free[sizeClass];
        if (free is null)
        {
            if (Volatile.Read(ref _returned[sizeClass]) is null)
            {
                return null;
            }

            free = Interlocked.Exchange(ref _returned[sizeClass], null);
            _freeCounts[sizeClass] = Trim(free, KeptMax(sizeClass));
        }

        var message = free;
        if (message is not null)
        {
            free = message.NextInPool;
            message.NextInPool = null;
            _freeCounts[sizeClass]--;
        }

        return message;
    }

    private static int KeptMax(int sizeClass) => Math.Max(16, KeptBytesMax / (SmallestBytes << (2 * sizeClass)));

    /// <summary>Keeps the first <paramref name="keptMax"/> of a burst; the rest goes to the garbage collector.</summary>
    /// <returns>How many it has kept.</returns>
    private static int Trim(Message? first, int keptMax)
    {
        var count = 0;
        for (var message = first; message is not null; message = message.NextInPool)
        {
            if (++count == keptMax)
            {
                message.NextInPool = null;
            }
        }

        return count;
    }
}
