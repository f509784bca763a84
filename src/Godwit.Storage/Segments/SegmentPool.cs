using Godwit.Storage.Files;

namespace Godwit.Storage.Segments;

/// <summary>
/// Files that are to become segments: allocated ahead, or retired ones that are used again, so that a commit changes no metadata of the
/// file system. Both generations take from it. What is in them is meaningless.
/// </summary>
internal sealed class SegmentPool
{
    /// <summary>The next segment, and one in reserve for what frees space when the disk is full.</summary>
    public const int AheadCount = 2;

    private readonly IStoreFs _fs;
    private readonly SegmentOptions _options;
    private readonly List<int> _numbers = [];
    private int _nextNumber = 1;

    /// <summary>Empty until <see cref="Open"/> or <see cref="AllocateAhead"/>.</summary>
    /// <param name="fs">The store's directory.</param>
    /// <param name="options">How large a segment is, and how many are kept.</param>
    public SegmentPool(IStoreFs fs, SegmentOptions options)
    {
        _fs = fs;
        _options = options;
    }

    /// <summary>Files in it.</summary>
    public int Count => _numbers.Count;

    /// <summary>Takes over the files of an earlier process; deletes what is too many or has another size.</summary>
    /// <returns>The highest term in their headers, which may be the highest of the store when segments were lost.</returns>
    public uint Open()
    {
        var term = 0u;
        var header = new byte[SegmentHeader.SizeBytes];
        foreach (var name in _fs.List())
        {
            if (!SegmentName.TryParsePool(name, out var number))
            {
                continue;
            }

            _nextNumber = Math.Max(_nextNumber, number + 1);
            long length;
            using (var file = _fs.Open(name))
            {
                length = file.Length;
                var count = file.Read(header, 0);
                if (SegmentHeader.TryRead(header.AsSpan(0, count), out var fields, out _) == HeaderStatus.Good)
                {
                    term = Math.Max(term, fields.Term);
                }
            }

            if (Count < _options.PoolMax && length == _options.SegmentSizeBytes)
            {
                _numbers.Add(number);
            }
            else
            {
                _fs.Delete(name);
            }
        }

        return term;
    }

    /// <summary>Makes files until there are <see cref="AheadCount"/>.</summary>
    /// <exception cref="StoreFullException">There is no space; what was made before stays.</exception>
    public void AllocateAhead()
    {
        while (Count < AheadCount)
        {
            _fs.Create(SegmentName.OfPool(_nextNumber), _options.SegmentSizeBytes).Dispose();
            _numbers.Add(_nextNumber++);
        }
    }

    /// <summary>Takes a file out, or makes one. It keeps its name until the caller renames it.</summary>
    /// <param name="sizeBytes">At least so long.</param>
    /// <param name="file">Open; the caller disposes it.</param>
    /// <returns>Its name.</returns>
    /// <exception cref="StoreFullException">None is left and there is no space for another.</exception>
    public string Take(int sizeBytes, out IStoreFile file)
    {
        string name;
        if (sizeBytes <= _options.SegmentSizeBytes && Count > 0)
        {
            name = SegmentName.OfPool(_numbers[^1]);
            file = _fs.Open(name);
            _numbers.RemoveAt(Count - 1);
            return name;
        }

        name = SegmentName.OfPool(_nextNumber);
        file = _fs.Create(name, Math.Max(sizeBytes, _options.SegmentSizeBytes));
        _nextNumber++;
        return name;
    }

    /// <summary>More files than are worth keeping. They are deleted one by one: a file system can take long to free blocks, and flushes wait for it.</summary>
    public bool HasSurplus => Count > _options.PoolMax;

    /// <summary>Deletes one that is too many.</summary>
    public void DeleteSurplus()
    {
        var name = SegmentName.OfPool(_numbers[0]);
        _numbers.RemoveAt(0);
        _fs.DeleteOpen(name, _fs.Open(name));
    }

    /// <summary>Closes a file and takes it in; deletes it when it has another size. The caller syncs the directory.</summary>
    /// <param name="file">Open.</param>
    /// <param name="name">Its name until now.</param>
    /// <param name="sizeBytes">Its length.</param>
    public void Give(IStoreFile file, string name, long sizeBytes)
    {
        if (sizeBytes != _options.SegmentSizeBytes)
        {
            _fs.DeleteOpen(name, file);
            return;
        }

        file.Dispose();

        if (!SegmentName.TryParsePool(name, out var number))
        {
            number = _nextNumber++;
            _fs.Rename(name, SegmentName.OfPool(number));
        }

        _numbers.Add(number);
    }
}
