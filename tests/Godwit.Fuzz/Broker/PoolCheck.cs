using System.Buffers;
using System.Runtime.CompilerServices;
using Godwit.Broker.Shards;

namespace Godwit.Fuzz.Broker;

/// <summary>Finds arrays that were not given back, that were given back twice, and that are used after they were given back.</summary>
internal static class PoolCheck
{
    private const byte Poison = 0xEE;
    private const int LargestBytes = 8192;
    private const int Copies = 4;

    private static readonly byte[]?[] Taken = new byte[]?[Copies];

    /// <summary>
    /// Whoever still reads an array that the shared pool has again, reads poison from now on. An array that the pool hands out twice was
    /// given back twice.
    /// </summary>
    public static void Spoil()
    {
        for (var size = 256; size <= LargestBytes; size *= 2)
        {
            for (var i = 0; i < Copies; i++)
            {
                Taken[i] = ArrayPool<byte>.Shared.Rent(size);
                Taken[i]!.AsSpan().Fill(Poison);
                if (Array.IndexOf(Taken, Taken[i]) != i)
                {
                    throw new InvalidOperationException($"The shared pool has an array of {size} bytes twice.");
                }
            }

            for (var i = Copies - 1; i >= 0; i--)
            {
                ArrayPool<byte>.Shared.Return(Taken[i]!);
                Taken[i] = null;
            }
        }
    }

    /// <summary>A connection that is over has given its arrays back.</summary>
    public static void CheckReturned(Connection connection)
    {
        if (ArrayOf(ref connection.Tail) is not null || ArrayOf(ref connection.Output) is not null)
        {
            throw new InvalidOperationException($"The connection of '{connection.ClientId}' is over and keeps a buffer.");
        }
    }

    /// <summary>No array stands twice in the pools of the shards.</summary>
    public static void CheckOutputs(IReadOnlyList<Shard> shards)
    {
        var seen = new HashSet<byte[]>(ReferenceEqualityComparer.Instance);
        foreach (var shard in shards)
        {
            foreach (var array in FreeOf(PoolOf(shard)).SelectMany(stack => stack))
            {
                if (!seen.Add(array))
                {
                    throw new InvalidOperationException($"An output pool has an array of {array.Length} bytes twice.");
                }
            }
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_array")]
    private static extern ref byte[]? ArrayOf(ref InputTail tail);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_array")]
    private static extern ref byte[]? ArrayOf(ref OutputBuffer output);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_outputPool")]
    private static extern ref OutputPool PoolOf(Shard shard);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_free")]
    private static extern ref Stack<byte[]>[] FreeOf(OutputPool pool);
}
