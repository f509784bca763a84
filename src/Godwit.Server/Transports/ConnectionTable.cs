using Godwit.Broker.Shards;

namespace Godwit.Server.Transports;

/// <summary>The connections of one loop by id.</summary>
internal sealed class ConnectionTable : CompactTable<EpollConnection>
{
    /// <summary>The connection with this id; null when there is none.</summary>
    internal EpollConnection? Find(long id)
    {
        var slots = Slots;
        var i = HashOf(id) & (slots.Length - 1);
        while (slots[i] is { } candidate && candidate.Id != id)
        {
            i = (i + 1) & (slots.Length - 1);
        }

        return slots[i];
    }

    /// <inheritdoc/>
    protected override int HashOf(EpollConnection item) => HashOf(item.Id);

    /// <summary>Ids are numbers in a row, of which many stay: multiplied by 2^64 divided by the golden ratio they are scattered.</summary>
    private static int HashOf(long id) => (int)(((ulong)id * 11_400_714_819_323_198_485) >> 32);
}
