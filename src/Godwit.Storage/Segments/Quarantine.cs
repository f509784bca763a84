using Godwit.Storage.Files;

namespace Godwit.Storage.Segments;

/// <summary>Keeps what was found in damaged segments for whoever wants to look into it: <c>quarantine-</c> and the old name.</summary>
internal sealed class Quarantine(IStoreFs fs)
{
    private const int ChunkSize = 1 << 20;
    private const int BlockSize = 4096;

    private readonly List<string> _files = [];
    private readonly List<string> _notTaken = [];

    public IReadOnlyList<string> Files => _files;

    public IReadOnlyList<string> NotTaken => _notTaken;

    /// <summary>Does nothing for a file that is there already from an earlier opening.</summary>
    /// <param name="damaged">Copied: the intact part stays in use.</param>
    /// <param name="foreign">Moved.</param>
    public void Take(IEnumerable<string> damaged, IEnumerable<string> foreign)
    {
        foreach (var name in damaged)
        {
            var target = SegmentName.QuarantinePrefix + name;
            try
            {
                if (!fs.Exists(target))
                {
                    Copy(name, target);
                }

                _files.Add(target);
            }
            catch (StoreFullException)
            {
                _notTaken.Add(name);
            }
        }

        foreach (var name in foreign)
        {
            var target = FreeName(name);
            fs.Rename(name, target);
            _files.Add(target);
        }

        if (_files.Count > 0)
        {
            fs.SyncDirectory();
        }
    }

    // Under its name only when it is complete.
    private void Copy(string name, string target)
    {
        var unfinished = target + ".tmp";
        if (fs.Exists(unfinished))
        {
            fs.Delete(unfinished);
        }

        try
        {
            using var from = fs.Open(name);
            using var to = fs.Create(unfinished, preallocateBytes: 0);
            var chunk = new byte[(int)Math.Min(ChunkSize, from.Length)];
            var isReadable = from.Length == 0;
            for (long offset = 0; offset < from.Length; offset += ChunkSize)
            {
                var part = chunk.AsSpan(0, (int)Math.Min(ChunkSize, from.Length - offset));
                isReadable |= Read(from, part, offset);
                to.Write(part, offset);
            }

            if (!isReadable)
            {
                // Not damage but a disk that gives nothing now: later it may, and the file would have been used again for another segment.
                throw new IOException($"the disk cannot read anything of {name}");
            }

            to.Flush();
        }
        catch (IOException)
        {
            fs.Delete(unfinished);
            throw;
        }

        fs.Rename(unfinished, target);
    }

    /// <summary>Reads what can be read; the rest is zeroes.</summary>
    /// <returns>False: nothing could be read.</returns>
    private static bool Read(IStoreFile file, Span<byte> part, long offset)
    {
        try
        {
            _ = file.Read(part, offset);
            return true;
        }
        catch (IOException)
        {
            part.Clear();
        }

        var isReadable = false;
        for (var at = 0; at < part.Length; at += BlockSize)
        {
            var block = part.Slice(at, Math.Min(BlockSize, part.Length - at));
            try
            {
                _ = file.Read(block, offset + at);
                isReadable = true;
            }
            catch (IOException)
            {
                block.Clear();
            }
        }

        return isReadable;
    }

    private string FreeName(string name)
    {
        var target = SegmentName.QuarantinePrefix + name;
        for (var number = 2; fs.Exists(target); number++)
        {
            target = $"{SegmentName.QuarantinePrefix}{number}-{name}";
        }

        return target;
    }
}
