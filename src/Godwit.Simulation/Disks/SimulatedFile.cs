using Godwit.Storage.Files;

namespace Godwit.Simulation.Disks;

/// <summary>An open file of a <see cref="SimulatedDisk"/>; useless after a power cut, as its process is.</summary>
internal sealed class SimulatedFile(SimulatedDisk disk, SimulatedInode inode, string name) : IStoreFile
{
    private readonly int _boot = disk.BootCount;
    private bool _isClosed;

    public long Length => Checked().Length;

    public int Read(Span<byte> buffer, long offset)
    {
        var file = Checked();
        disk.Enter(DiskCallKind.Read);
        var count = (int)Math.Clamp(file.Length - offset, 0, buffer.Length);
        if (!file.CanRead((int)offset, count))
        {
            throw new IOException($"a sector of {name} cannot be read");
        }

        file.Bytes.AsSpan((int)Math.Min(offset, file.Length), count).CopyTo(buffer);
        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => disk.Write(Checked(), name, bytes, checked((int)offset));

    public void Flush() => disk.Flush(Checked(), name);

    public void SetLength(long length) => disk.SetLength(Checked(), name, checked((int)length));

    public void Dispose() => _isClosed = true;

    private SimulatedInode Checked()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        return _boot == disk.BootCount ? inode : throw new InvalidOperationException($"{name} was opened before the power cut");
    }
}
