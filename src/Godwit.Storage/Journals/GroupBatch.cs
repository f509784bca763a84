using System.Runtime.InteropServices;
using Godwit.Storage.Records;

namespace Godwit.Storage.Journals;

/// <summary>Commits in the order of their numbers, and questions between them.</summary>
internal sealed class GroupBatch
{
    private const int KeepBytesMax = 4 << 20;

    private readonly List<Group> _groups = [];

    /// <summary>The records of all commits, end to end.</summary>
    public RecordBuffer Records { get; } = new();

    /// <summary>The commits and questions.</summary>
    public ReadOnlySpan<Group> Groups => CollectionsMarshal.AsSpan(_groups);

    /// <summary>Adds one.</summary>
    public void Add(in Group group) => _groups.Add(group);

    /// <summary>Empties it; what an unusually large commit took is given back.</summary>
    public void Clear()
    {
        _groups.Clear();
        Records.Clear(KeepBytesMax);
    }
}
