using Godwit.Storage.Files;

namespace Godwit.Storage.Tests.Journals;

/// <summary>A directory in memory without any faults, which allocates only for new files: what is measured is the journal.</summary>
internal sealed class NullFs : IStoreFs
{
    private readonly SortedDictionary<string, MemoryFile> _files = new(StringComparer.Ordinal);

    public long FreeBytes => long.MaxValue;

    public long BytesWritten { get; private set; }

    public IReadOnlyList<string> List() => [.. _files.Keys];

    public bool Exists(string name) => _files.ContainsKey(name);

    public IStoreFile Create(string name, long preallocateBytes)
    {
        var file = new MemoryFile(this, new byte[preallocateBytes]);
        _files.Add(name, file);
        return file;
    }

    public IStoreFile Open(string name) => _files[name];

    public void Rename(string from, string to)
    {
        _files.Remove(from, out var file);
        _files[to] = file!;
    }

    public void Delete(string name) => _files.Remove(name);

    public void SyncDirectory()
    {
    }

    private sealed class MemoryFile(NullFs fs, byte[] bytes) : IStoreFile
    {
        private byte[] _bytes = bytes;

        public long Length => _bytes.Length;

        public int Read(Span<byte> buffer, long offset)
        {
            var count = (int)Math.Clamp(_bytes.Length - offset, 0, buffer.Length);
            _bytes.AsSpan((int)offset, count).CopyTo(buffer);
            return count;
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            if (offset + bytes.Length > _bytes.Length)
            {
                Array.Resize(ref _bytes, (int)offset + bytes.Length);
            }

            bytes.CopyTo(_bytes.AsSpan((int)offset));
            fs.BytesWritten += bytes.Length;
        }

        public void Flush()
        {
        }

        public void SetLength(long length) => Array.Resize(ref _bytes, (int)length);

        public void Dispose()
        {
        }
    }
}
