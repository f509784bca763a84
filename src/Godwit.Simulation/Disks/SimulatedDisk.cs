using Godwit.Storage.Files;

namespace Godwit.Simulation.Disks;

/// <summary>
/// A directory in memory that behaves as badly as a real disk may: what was not flushed is lost, kept or torn at a power cut, sector by
/// sector, and so are names; calls fail, and space runs out. Everything follows from the seed. Without faults it is a plain file system.
/// </summary>
public sealed class SimulatedDisk : IStoreFs
{
    private readonly Random _random;
    private readonly List<DiskCall> _calls = [];
    private readonly List<DiskCall> _unsynced = [];
    private readonly Dictionary<int, SimulatedInode> _inodes = [];
    private SortedDictionary<string, int> _names = new(StringComparer.Ordinal);
    private SortedDictionary<string, int> _durableNames = new(StringComparer.Ordinal);
    private int _nextId = 1;
    private SimulatedDisk? _recordedFrom;

    /// <summary>An empty directory.</summary>
    /// <param name="seed">Decides what a power cut leaves.</param>
    public SimulatedDisk(int seed = 0) => _random = new Random(seed);

    /// <summary>Bytes that all files together may have.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>Keeps every call that changes something since it was made or crashed, for <see cref="AfterCrash"/>.</summary>
    public bool IsRecording { get; init; }

    /// <summary>Asked before each call what goes wrong with it: its kind, and how many calls of any kind there were before.</summary>
    public Func<DiskCallKind, int, DiskFault>? Faults { get; set; }

    /// <summary>Told of each call that has changed something, with the bytes it has written.</summary>
    public Action<DiskCall, ReadOnlySpan<byte>>? Changed { get; init; }

    /// <summary>Bytes were written that a power cut may take back; names do not count.</summary>
    public bool HasUnflushedBytes => _inodes.Values.Any(inode => inode.IsDirty);

    /// <summary>How long a flush takes; nobody waits, it is added to <see cref="BusyMs"/>.</summary>
    public long FlushTakesMs { get; set; }

    /// <summary>How long the disk has been busy. The simulator turns it into time.</summary>
    public long BusyMs { get; private set; }

    /// <summary>Calls so far, of any kind.</summary>
    public int CallCount { get; private set; }

    /// <summary>The calls that changed something, when <see cref="IsRecording"/>.</summary>
    public IReadOnlyList<DiskCall> Calls => _calls;

    /// <inheritdoc/>
    public long FreeBytes => Math.Max(CapacityBytes - UsedBytes, 0);

    /// <summary>Bytes of all files.</summary>
    public long UsedBytes => _names.Values.Sum(id => (long)_inodes[id].Length);

    /// <summary>Power cuts so far.</summary>
    internal int BootCount { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => [.. _names.Keys];

    /// <inheritdoc/>
    public bool Exists(string name) => _names.ContainsKey(name);

    /// <inheritdoc/>
    public IStoreFile Create(string name, long preallocateBytes)
    {
        Enter(DiskCallKind.Create);
        if (_names.ContainsKey(name))
        {
            throw new IOException($"{name} exists");
        }

        ThrowIfFull(preallocateBytes, name);
        var id = _nextId++;
        Apply(new DiskCall(DiskCallKind.Create, id, name, "", preallocateBytes, default));
        return new SimulatedFile(this, _inodes[id], name);
    }

    /// <inheritdoc/>
    public IStoreFile Open(string name)
    {
        Enter(DiskCallKind.Open);
        return new SimulatedFile(this, InodeOf(name), name);
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        Enter(DiskCallKind.Rename);
        Apply(new DiskCall(DiskCallKind.Rename, InodeOf(from).Id, from, to, 0, default));
    }

    /// <inheritdoc/>
    public void Delete(string name)
    {
        Enter(DiskCallKind.Delete);
        if (_names.TryGetValue(name, out var id))
        {
            Apply(new DiskCall(DiskCallKind.Delete, id, name, "", 0, default));
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory()
    {
        Enter(DiskCallKind.SyncDirectory);
        BusyMs += FlushTakesMs;
        Apply(new DiskCall(DiskCallKind.SyncDirectory, 0, "", "", 0, default));
    }

    /// <summary>Cuts the power and restores it: what was not flushed is lost, kept or torn. Open files are useless from now on.</summary>
    public void Crash()
    {
        BootCount++;
        var keepInOrder = _random.Next(2) == 0;      // as a journal of the file system would
        foreach (var call in _unsynced)
        {
            if (_random.Next(2) == 0)
            {
                ApplyName(_durableNames, call);
            }
            else if (keepInOrder)
            {
                break;
            }
        }

        _unsynced.Clear();
        _names = new SortedDictionary<string, int>(_durableNames, StringComparer.Ordinal);
        Forget();

        foreach (var id in _inodes.Keys.Order())
        {
            _inodes[id].Crash(_random);
        }

        if (IsRecording)
        {
            _calls.Clear();
            _recordedFrom = Copy();
        }
    }

    /// <summary>What another run of the same calls would have left: the first calls, then a power cut.</summary>
    /// <param name="callCount">How many of <see cref="Calls"/> were made; the last of them may not be finished.</param>
    /// <param name="seed">Decides what the power cut leaves, and the later life of the new disk.</param>
    public SimulatedDisk AfterCrash(int callCount, int seed)
    {
        var disk = Before(callCount, seed);
        disk.Crash();
        return disk;
    }

    /// <summary>The same calls without a power cut: what a killed process leaves.</summary>
    public SimulatedDisk Before(int callCount, int seed = 0)
    {
        var disk = (_recordedFrom ?? new SimulatedDisk()).Copy(seed);
        disk.CapacityBytes = CapacityBytes;
        for (var call = 0; call < callCount; call++)
        {
            disk.Apply(_calls[call], _calls[call].Bytes.Span);
        }

        return disk;
    }

    /// <summary>Another disk with the same files, all durable.</summary>
    /// <param name="seed">Decides what a power cut leaves.</param>
    /// <param name="isRecording">It keeps its calls from here on.</param>
    public SimulatedDisk Copy(int seed = 0, bool isRecording = false)
    {
        var copy = new SimulatedDisk(seed) { IsRecording = isRecording, CapacityBytes = CapacityBytes };
        copy.TakeOver(this);
        if (isRecording)
        {
            copy._recordedFrom = Copy();
        }

        return copy;
    }

    /// <summary>The bytes of a file, as a process sees them.</summary>
    public byte[] Contents(string name)
    {
        var inode = InodeOf(name);
        return inode.Bytes[..inode.Length];
    }

    /// <summary>Puts a file there, durable, behind everybody's back. Replaces one of this name.</summary>
    public void Put(string name, ReadOnlySpan<byte> bytes)
    {
        var id = _nextId++;
        foreach (var kind in (ReadOnlySpan<DiskCallKind>)[DiskCallKind.Create, DiskCallKind.Write, DiskCallKind.Flush, DiskCallKind.SyncDirectory])
        {
            Apply(new DiskCall(kind, id, name, "", 0, IsRecording ? bytes.ToArray() : default), bytes);
        }
    }

    /// <summary>Inverts bits of a file on the disk, behind everybody's back.</summary>
    /// <param name="name">The file.</param>
    /// <param name="offset">The byte.</param>
    /// <param name="mask">The bits.</param>
    public void Flip(string name, int offset, byte mask = 1) => InodeOf(name).Flip(offset, mask);

    /// <summary>From now on a sector of a file cannot be read.</summary>
    /// <param name="name">The file.</param>
    /// <param name="offset">Any byte of the sector.</param>
    public void BreakSector(string name, int offset) => InodeOf(name).BrokenSectors.Add(offset / SimulatedInode.SectorSize);

    internal void Write(SimulatedInode inode, string name, ReadOnlySpan<byte> bytes, int offset)
    {
        var fault = Enter(DiskCallKind.Write);
        if (fault == DiskFault.ShortWrite)
        {
            bytes = bytes[..(bytes.Length / 2)];
        }

        ThrowIfFull(Math.Max(offset + bytes.Length - inode.Length, 0), name);
        Apply(new DiskCall(DiskCallKind.Write, inode.Id, name, "", offset, IsRecording ? bytes.ToArray() : default), bytes);
        if (fault == DiskFault.ShortWrite)
        {
            throw new StoreFullException($"no space left to write {name}");
        }
    }

    internal void Flush(SimulatedInode inode, string name)
    {
        BusyMs += FlushTakesMs;
        try
        {
            Enter(DiskCallKind.Flush);
        }
        catch (IOException)
        {
            inode.LoseDirty();
            throw;
        }

        Apply(new DiskCall(DiskCallKind.Flush, inode.Id, name, "", 0, default));
    }

    internal void SetLength(SimulatedInode inode, string name, int length)
    {
        Enter(DiskCallKind.SetLength);
        ThrowIfFull(Math.Max(length - inode.Length, 0), name);
        Apply(new DiskCall(DiskCallKind.SetLength, inode.Id, name, "", length, default));
    }

    internal DiskFault Enter(DiskCallKind kind)
    {
        var fault = Faults?.Invoke(kind, CallCount) ?? DiskFault.None;
        CallCount++;
        return fault switch
        {
            DiskFault.IoError => throw new IOException($"the disk fails to {kind}"),
            DiskFault.Full => throw new StoreFullException($"no space left to {kind}"),
            _ => fault,
        };
    }

    private void TakeOver(SimulatedDisk other)
    {
        _nextId = other._nextId;
        _names = new SortedDictionary<string, int>(other._names, StringComparer.Ordinal);
        _durableNames = new SortedDictionary<string, int>(other._names, StringComparer.Ordinal);
        foreach (var (name, id) in _names)
        {
            var inode = new SimulatedInode(id);
            inode.Write(other.Contents(name), 0);
            inode.Flush();
            _inodes[id] = inode;
        }
    }

    private void Apply(DiskCall call, ReadOnlySpan<byte> written = default)
    {
        if (IsRecording)
        {
            _calls.Add(call);
        }

        Changed?.Invoke(call, written);
        switch (call.Kind)
        {
            case DiskCallKind.Create:
                _nextId = Math.Max(_nextId, call.FileId + 1);
                var inode = new SimulatedInode(call.FileId);
                inode.SetLength((int)call.Offset);
                _inodes[call.FileId] = inode;
                ChangeName(call);
                break;
            case DiskCallKind.Write:
                _inodes[call.FileId].Write(written, (int)call.Offset);
                break;
            case DiskCallKind.SetLength:
                _inodes[call.FileId].SetLength((int)call.Offset);
                break;
            case DiskCallKind.Flush:
                _inodes[call.FileId].Flush();
                break;
            case DiskCallKind.SyncDirectory:
                _durableNames = new SortedDictionary<string, int>(_names, StringComparer.Ordinal);
                _unsynced.Clear();
                Forget();
                break;
            default:
                ChangeName(call);
                break;
        }
    }

    /// <summary>Files without a name are gone.</summary>
    private void Forget()
    {
        if (_inodes.Count > _names.Count)
        {
            foreach (var id in _inodes.Keys.Except(_names.Values).ToList())
            {
                _inodes.Remove(id);
            }
        }
    }

    private void ChangeName(DiskCall call)
    {
        ApplyName(_names, call);
        _unsynced.Add(call);
    }

    private static void ApplyName(SortedDictionary<string, int> names, DiskCall call)
    {
        if (call.Kind == DiskCallKind.Create)
        {
            names[call.Name] = call.FileId;
            return;
        }

        // A change that was built on one that got lost is lost too.
        if (names.TryGetValue(call.Name, out var id) && id == call.FileId)
        {
            names.Remove(call.Name);
            if (call.Kind == DiskCallKind.Rename)
            {
                names[call.NewName] = id;
            }
        }
    }

    private SimulatedInode InodeOf(string name) =>
        _names.TryGetValue(name, out var id) ? _inodes[id] : throw new FileNotFoundException($"there is no {name}", name);

    private void ThrowIfFull(long moreBytes, string name)
    {
        if (moreBytes > 0 && CapacityBytes < long.MaxValue && moreBytes > FreeBytes)
        {
            throw new StoreFullException($"no space left for {moreBytes} bytes of {name}");
        }
    }
}
