using System.Buffers;

namespace Godwit.Broker.Shards;

/// <summary>
/// Arrays for the output of one shard's connections. A fan-out needs one for each receiver in one turn, many more than the shared pool
/// keeps; what is above 64 KB is rare and comes from there. The shard only, so it needs no lock.
/// </summary>
internal sealed class OutputPool
{
    private const int SmallestBytes = 2048;
    private const int KeptBytesMax = 8 * 1024 * 1024;       // 4,096 receivers of small messages

    private readonly Stack<byte[]>[] _free = [new(), new(), new(), new(), new(), new()];        // 2, 4, 8, 16, 32, 64 KB
    private int _keptBytes;

    /// <summary>An array of at least <paramref name="size"/> bytes, with anything in it.</summary>
    public byte[] Rent(int size)
    {
        var sizeClass = ClassOf(size);
        if (sizeClass >= _free.Length)
        {
            return ArrayPool<byte>.Shared.Rent(size);
        }

        if (_free[sizeClass].TryPop(out var array))
        {
            _keptBytes -= array.Length;
            return array;
        }

        return new byte[SmallestBytes << sizeClass];
    }

    /// <summary>Takes an array back that <see cref="Rent"/> gave.</summary>
    public void Return(byte[] array)
    {
        var sizeClass = ClassOf(array.Length);
        if (sizeClass >= _free.Length)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
        else if (_keptBytes + array.Length <= KeptBytesMax)
        {
            _keptBytes += array.Length;
            _free[sizeClass].Push(array);
        }
    }

    private static int ClassOf(int size)
    {
        var sizeClass = 0;
        while (sizeClass <= 5 && size > SmallestBytes << sizeClass)
        {
            sizeClass++;
        }

        return sizeClass;
    }
}
