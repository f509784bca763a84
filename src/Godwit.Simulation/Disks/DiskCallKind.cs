namespace Godwit.Simulation.Disks;

/// <summary>What is asked of a <see cref="SimulatedDisk"/>.</summary>
public enum DiskCallKind
{
    /// <summary>A new file, with its space.</summary>
    Create,

    /// <summary>An existing file is opened.</summary>
    Open,

    /// <summary>Bytes are read.</summary>
    Read,

    /// <summary>Bytes are written.</summary>
    Write,

    /// <summary>A file is to become durable.</summary>
    Flush,

    /// <summary>A file becomes longer or shorter.</summary>
    SetLength,

    /// <summary>A file gets another name.</summary>
    Rename,

    /// <summary>A file goes away.</summary>
    Delete,

    /// <summary>The names are to become durable.</summary>
    SyncDirectory,
}
