namespace Godwit.Protocol.Properties;

/// <summary>Data type of a property's value (5.0 §2.2.2.2).</summary>
public enum PropertyType : byte
{
    /// <summary>No such property.</summary>
    None,

    /// <summary>One byte.</summary>
    Byte,

    /// <summary>Two bytes, big-endian.</summary>
    UInt16,

    /// <summary>Four bytes, big-endian.</summary>
    UInt32,

    /// <summary>One to four bytes (§1.5.5).</summary>
    VariableByteInteger,

    /// <summary>Two-byte length and bytes.</summary>
    Binary,

    /// <summary>Two-byte length and UTF-8.</summary>
    String,

    /// <summary>Two strings: name and value.</summary>
    StringPair,
}
