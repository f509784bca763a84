namespace Godwit.Simulation.Disks;

/// <summary>What goes wrong with one call.</summary>
public enum DiskFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The call fails and has done nothing; a flush has lost what it should have written, and the next one succeeds.</summary>
    IoError,

    /// <summary>No space; the call has done nothing.</summary>
    Full,

    /// <summary>A write stops half way, then there is no space.</summary>
    ShortWrite,
}
