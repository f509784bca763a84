namespace Godwit.Protocol;

/// <summary>What <see cref="PacketFramer"/> found at the start of the input.</summary>
public enum FrameStatus : byte
{
    /// <summary>A whole packet.</summary>
    Complete,

    /// <summary>The beginning of a packet; more bytes are needed.</summary>
    Incomplete,

    /// <summary>Something that can never become a valid packet.</summary>
    Invalid,
}
