namespace Godwit.Simulation.Disks;

/// <summary>One call that changes a <see cref="SimulatedDisk"/>, as it was recorded.</summary>
/// <param name="Kind">What.</param>
/// <param name="FileId">The file, whatever its name is now; 0: the directory.</param>
/// <param name="Name">The file's name, or the old one.</param>
/// <param name="NewName">Of a rename.</param>
/// <param name="Offset">Of a write; the length for <see cref="DiskCallKind.Create"/> and <see cref="DiskCallKind.SetLength"/>.</param>
/// <param name="Bytes">Of a write.</param>
public sealed record DiskCall(DiskCallKind Kind, int FileId, string Name, string NewName, long Offset, ReadOnlyMemory<byte> Bytes)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Name} {NewName} {Offset} {Bytes.Length}";
}
