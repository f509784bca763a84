using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests.Golden;

/// <summary>Many packets in one stream, in whatever pieces they arrive.</summary>
public sealed class GoldenStreamTests
{
    [Theory, Spec("R1", "R3", "R52")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void A_stream_split_at_any_byte_gives_the_same_packets(ProtocolVersion version)
    {
        var rows = RowsOf(version);
        var stream = rows.SelectMany(row => row.Bytes).ToArray();
        var expected = rows.Select(row => row.Packet!).ToList();

        for (var split = 0; split <= stream.Length; split++)
        {
            Assert.Equal(expected, ReadInPieces(version, [stream[..split], stream[split..]]));
        }
    }

    [Theory, Spec("R52")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void A_stream_in_single_bytes_gives_the_same_packets(ProtocolVersion version)
    {
        var rows = RowsOf(version);
        var stream = rows.SelectMany(row => row.Bytes).ToArray();

        var packets = ReadInPieces(version, stream.Chunk(1));

        Assert.Equal([.. rows.Select(row => row.Packet!)], packets);
    }

    /// <summary>The shortest rows of every packet type, so that every type follows another and the stream stays small.</summary>
    private static List<GoldenRow> RowsOf(ProtocolVersion version) =>
        [.. from entry in GoldenTable.Rows.Values
            where entry.Version == version && entry.Row.Packet is not null && entry.Row.Sender == PacketSender.Client
            orderby entry.Row.Bytes.Length
            group entry.Row by entry.Row.Bytes[0] >> 4 into type
            from row in type.Take(3)
            select row];

    private static List<string> ReadInPieces(ProtocolVersion version, IEnumerable<byte[]> pieces)
    {
        var packets = new List<string>();
        byte[] buffered = [];
        foreach (var piece in pieces)
        {
            buffered = [.. buffered, .. piece];
            while (PacketDecoder.Decode(buffered, version) is { Status: FrameStatus.Complete } decoded)
            {
                packets.Add(decoded.Text ?? $"refused: {decoded.Error}");
                buffered = buffered[decoded.PacketSize..];
            }
        }

        Assert.Empty(buffered);
        return packets;
    }
}
