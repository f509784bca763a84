namespace Godwit.Storage.Records;

/// <summary>The two flags in the type byte of a record.</summary>
internal static class RecordFlags
{
    /// <summary>A version that does not know this type may skip it.</summary>
    public const byte Skippable = 0x80;

    /// <summary>
    /// Only on <see cref="RecordType.Acknowledge"/>, <see cref="RecordType.ReleaseRetained"/>, <see cref="RecordType.Delete"/> and
    /// <see cref="RecordType.EndSession"/>: some version of what it ends has been in the cold generation, so it has to go there too.
    /// </summary>
    public const byte Cold = 0x40;

    /// <summary>What is left is the <see cref="RecordType"/>.</summary>
    public const byte TypeMask = 0x3F;
}
