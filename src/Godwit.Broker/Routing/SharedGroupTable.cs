using Godwit.Protocol;

namespace Godwit.Broker.Routing;

/// <summary>
/// The shared groups of one filter. The writer finds a group by its ShareName; readers walk from <see cref="First"/> along
/// <see cref="SharedGroup.Next"/> without a lock, in the order in which the groups came.
/// </summary>
internal sealed class SharedGroupTable
{
    private readonly Dictionary<byte[], SharedGroup> _byName = new(Utf8Comparer.Instance);
    private SharedGroup? _first;
    private SharedGroup? _last;

    public SharedGroup? First => Volatile.Read(ref _first);

    public bool IsEmpty => _byName.Count == 0;

    /// <summary>Finds a group. Writer only.</summary>
    public SharedGroup? Find(ReadOnlySpan<byte> shareName) =>
        _byName.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(shareName, out var group) ? group : null;

    /// <summary>Finds or makes a group. Writer only.</summary>
    public SharedGroup GetOrAdd(ReadOnlySpan<byte> shareName)
    {
        if (_byName.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(shareName, out var group))
        {
            return group;
        }

        group = new SharedGroup(shareName.ToArray()) { Previous = _last };
        _byName.Add(group.ShareName, group);
        if (_last is null)
        {
            Volatile.Write(ref _first, group);
        }
        else
        {
            _last.Next = group;
        }

        _last = group;
        return group;
    }

    /// <summary>Takes a group out. Writer only. Readers that stand on it walk on.</summary>
    public void Remove(SharedGroup group)
    {
        _byName.Remove(group.ShareName);
        if (group.Previous is null)
        {
            Volatile.Write(ref _first, group.Next);
        }
        else
        {
            group.Previous.Next = group.Next;
        }

        if (group.Next is null)
        {
            _last = group.Previous;
        }
        else
        {
            group.Next.Previous = group.Previous;
        }
    }
}
