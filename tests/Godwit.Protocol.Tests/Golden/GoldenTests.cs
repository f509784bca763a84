using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests.Golden;

/// <summary>What holds for every row of the golden table: writing, framing in pieces, and that the table is complete.</summary>
public sealed class GoldenTests
{
    /// <summary>Found by the broker or the client, who know what went before; no single packet shows them.</summary>
    private static readonly PacketError[] NotOfReading =
    [
        PacketError.None, PacketError.TooManyUserProperties, PacketError.ClientIdInvalid, PacketError.TopicNameRefused,
        PacketError.SubscriptionIdentifierFromClient, PacketError.TopicAliasUnknown, PacketError.FirstPacketNotConnect,
        PacketError.SecondConnect, PacketError.WrongDirection, PacketError.AuthenticationNotNegotiated,
        PacketError.AuthenticationMethodChanged, PacketError.AuthenticationOutOfTurn,
        PacketError.ReceiveMaximumExceeded, PacketError.SessionExpiryRaised, PacketError.QoSNotSupported, PacketError.RetainNotSupported,
    ];

    public static TheoryData<string> Keys => GoldenTable.Keys;

    public static TheoryData<string> ReadableKeys =>
        [.. GoldenTable.Rows.Where(entry => entry.Value.Row.Packet is not null).Select(entry => entry.Key)];

    [Theory, MemberData(nameof(ReadableKeys)), Spec("R9", "MQTT-1.5.5-1", "MQTT-2.2.2-1")]
    public void A_packet_that_was_read_is_written_with_the_same_bytes_or_in_its_shortest_form(string key)
    {
        var (row, version) = GoldenTable.Rows[key];
        var decoded = row.Decode(row.Bytes, version);

        if (row.IsCanonical)
        {
            Assert.Equal(Convert.ToHexString(row.Bytes), Convert.ToHexString(decoded.Rewritten));
            return;
        }

        var again = row.Decode(decoded.Rewritten, version);
        Assert.True(decoded.Rewritten.Length <= row.Bytes.Length);
        Assert.Equal(row.Packet, again.Text);
        Assert.Equal(Convert.ToHexString(decoded.Rewritten), Convert.ToHexString(again.Rewritten));
    }

    [Theory, MemberData(nameof(Keys)), Spec("R1", "R52")]
    public void A_packet_that_arrives_byte_by_byte_gives_the_same_as_the_whole(string key)
    {
        var (row, version) = GoldenTable.Rows[key];
        var isRefused = false;

        for (var length = 0; length < row.Bytes.Length && !isRefused; length++)
        {
            var part = row.Decode(row.Bytes.AsSpan(0, length), version);

            isRefused = part.Status == FrameStatus.Invalid;
            Assert.Equal(isRefused ? row.Error : PacketError.None, part.Error);
            Assert.True(isRefused || part.Status == FrameStatus.Incomplete);
            Assert.Null(part.Text);
        }
    }

    [Theory, MemberData(nameof(Keys)), Spec("R1")]
    public void What_stands_behind_a_packet_does_not_matter(string key)
    {
        var (row, version) = GoldenTable.Rows[key];
        var alone = row.Decode(row.Bytes, version);

        foreach (var next in (byte[])[0x00, 0x01, 0x7F, 0x80, 0xFF])
        {
            var followed = row.Decode([.. row.Bytes, .. Enumerable.Repeat(next, 300)], version);
            Assert.Equal((alone.Error, alone.Text), (followed.Error, followed.Text));
        }
    }

    [Fact]
    public void The_table_has_every_error_that_reading_can_return()
    {
        var inTable = GoldenTable.Rows.Values.Select(entry => entry.Row.Error).ToHashSet();
        var expected = Enum.GetValues<PacketError>().Except(NotOfReading);

        Assert.Empty(expected.Except(inTable));
        Assert.Empty(inTable.Intersect(NotOfReading.Except([PacketError.None])));
    }

    [Fact, Spec("R8")]
    public void The_table_has_every_packet_type_accepted_and_refused_in_every_version_that_has_it()
    {
        foreach (var version in Enum.GetValues<ProtocolVersion>())
        {
            foreach (var type in Enum.GetValues<PacketType>())
            {
                var exists = type != PacketType.Reserved && (type != PacketType.Auth || version == ProtocolVersion.Mqtt5);
                var rows = GoldenTable.Rows.Values.Where(entry => entry.Version == version && entry.Row.Bytes[0] >> 4 == (int)type).ToList();

                Assert.Equal(exists, rows.Exists(entry => entry.Row.Packet is not null));
                Assert.Contains(rows, entry => entry.Row.Packet is null);
            }
        }
    }

    [Fact]
    public void The_level_of_an_unsupported_version_can_be_seen()
    {
        var body = Hex.Parse("0004 'MQTT' 06 02 003C 0001 'a'");

        var error = Packets.ConnectPacket.TryRead(body, out var connect);

        Assert.Equal((PacketError.ProtocolVersionUnsupported, (byte)6), (error, connect.ProtocolLevel));
    }
}
