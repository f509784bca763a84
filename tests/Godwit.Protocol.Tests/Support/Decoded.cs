namespace Godwit.Protocol.Tests.Support;

/// <summary>What came of some bytes: framed, read, and when that went well, described and written again.</summary>
/// <param name="Status">What the framer said.</param>
/// <param name="Error">Of the framer or of the packet.</param>
/// <param name="PacketSize">Bytes of the whole packet as declared; 0 when the fixed header is not whole.</param>
/// <param name="Text">The packet as <see cref="PacketText"/>; null when it was refused.</param>
/// <param name="Rewritten">The packet as its own Measure and Write give it; empty when it was refused.</param>
internal sealed record Decoded(FrameStatus Status, PacketError Error, int PacketSize, string? Text, byte[] Rewritten);
