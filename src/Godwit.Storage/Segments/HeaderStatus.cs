namespace Godwit.Storage.Segments;

/// <summary>What a segment header turned out to be.</summary>
internal enum HeaderStatus
{
    /// <summary>Can be read by this version.</summary>
    Good,

    /// <summary>Magic or checksum is wrong, or the file is too short.</summary>
    Damaged,

    /// <summary>Intact, and written by a newer version: another major format, or a feature that must be understood.</summary>
    TooNew,
}
