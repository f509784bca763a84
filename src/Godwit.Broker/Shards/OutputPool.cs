using System.Buffers;

namespace Godwit.Broker.Shards;

/// <summary>
/// Arrays for the output of one shard's connections. A fan-out needs one for each receiver in one turn, many more than the shared pool
/// keeps; what is above 64 KB is rare and comes from there. Who begins with an acknowledgement, as every new client does, mostly needs no more
/// than a few of them. The shard only, so it needs no lock.
/// </summary>
internal sealed class OutputPool
{
    private const int AnswerBytesMax = 16;                  // CONNACK, SUBACK, PUBACK, PINGRESP: 2 to 5 bytes without properties
    private const int AnswersBytes = 128;
    private const int SmallestBytes = 2048;                 // of the other classes
    private const int KeptBytesMax = 8 * 1024 * 1024;       // 4,096 receivers of small messages

    private readonly Stack<byte[]>[] _free = [new(), new(), new(), new(), new(), new(), new()]; // 128 bytes; 2, 4, 8, 16, 32, 64 KB
    private int _keptBytes;

    /// <summary>An array of at least <paramref name="size"/> bytes, with anything in it.</summary>
    public byte[] Rent(int size)
    {
        var sizeClass = size <= AnswerBytesMax ? 0 : ClassOf(size);
        if (sizeClass >= _free.Length)
        {
            return ArrayPool<byte>.Shared.Rent(size);
        }

        if (_free[sizeClass].TryPop(out var array))
        {
            _keptBytes -= array.Length;
            return array;
        }

        return new byte[SizeOf(sizeClass)];
    }

    /// <summary>Takes an array back that <see cref="Rent"/> gave.</summary>
    public void Return(byte[] array)
    {
        var sizeClass = array.Length == AnswersBytes ? 0 : ClassOf(array.Length);
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

    private static int SizeOf(int sizeClass) => sizeClass == 0 ? AnswersBytes : SmallestBytes << (sizeClass - 1);

    /// <summary>The class for a buffer that is not for answers only.</summary>
    private static int ClassOf(int size)
    {
        var sizeClass = 1;
        while (sizeClass <= 6 && size > SizeOf(sizeClass))
        {
            sizeClass++;
        }

        return sizeClass;
    }
}
