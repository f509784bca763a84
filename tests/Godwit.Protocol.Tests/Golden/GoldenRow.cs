using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests.Golden;

/// <summary>One packet of the golden table: its bytes, and what must be read from them in the named versions.</summary>
/// <param name="Name">Says what is special; unique in each version.</param>
/// <param name="Versions">Where the row holds.</param>
/// <param name="Bytes">The whole packet from the fixed header on.</param>
/// <param name="Packet">The packet as <see cref="PacketText"/>; null when it is refused.</param>
/// <param name="Error">The reason of the refusal; None when it is read.</param>
internal sealed record GoldenRow(string Name, Versions Versions, byte[] Bytes, string? Packet, PacketError Error)
{
    /// <summary>Who sent it, for the packets in which that matters.</summary>
    public PacketSender Sender { get; init; } = PacketSender.Client;

    /// <summary>Writing gives the same bytes: the form is the one and only, or the shortest.</summary>
    public bool IsCanonical { get; init; } = true;

    /// <summary>The receiver's Maximum Packet Size in bytes.</summary>
    public int PacketSizeMax { get; init; } = int.MaxValue;

    /// <summary>A packet that is read, and written with the same bytes.</summary>
    public static GoldenRow Reads(string name, Versions versions, string bytes, string packet) =>
        new(name, versions, Hex.Parse(bytes), packet, PacketError.None);

    /// <summary>A packet that is read, but written in another form.</summary>
    public static GoldenRow ReadsLong(string name, Versions versions, string bytes, string packet) =>
        Reads(name, versions, bytes, packet) with { IsCanonical = false };

    /// <summary>Bytes that are refused.</summary>
    public static GoldenRow Refuses(string name, Versions versions, string bytes, PacketError error) =>
        new(name, versions, Hex.Parse(bytes), null, error);

    /// <summary>The same, sent by a server.</summary>
    public GoldenRow FromServer() => this with { Sender = PacketSender.Server };

    /// <summary>Reads the row's bytes, or what a test made of them.</summary>
    public Decoded Decode(ReadOnlySpan<byte> bytes, ProtocolVersion version) =>
        PacketDecoder.Decode(bytes, version, Sender, PacketSizeMax);
}
