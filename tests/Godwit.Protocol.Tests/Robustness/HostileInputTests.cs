using FsCheck.Fluent;
using Godwit.Protocol.Tests.Golden;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests.Robustness;

/// <summary>Whatever arrives is read or refused: no exception, no byte from outside, and what was read is stable.</summary>
public sealed class HostileInputTests
{
    private const int MutationsPerRow = 60;

    private static readonly byte[] Edges = [0x00, 0x01, 0x7F, 0x80, 0xFF];

    public static TheoryData<string> Keys => GoldenTable.Keys;

    /// <summary>Packets in their only form with a Remaining Length of one byte.</summary>
    public static TheoryData<string> ShortKeys =>
        [.. from entry in GoldenTable.Rows
            where entry.Value.Row is { Packet: not null, IsCanonical: true } row && row.Bytes[1] < 128
            select entry.Key];

    [Fact, Spec("R49", "MQTT-4.13.1-1", "MQTT3-4.8.0-1")]
    public void Random_bytes_are_read_or_refused() =>
        ForAll.Check(
            from first in Gen.Choose(0, 255)
            from length in Gen.Choose(0, 60)
            from body in Gen.OneOf(Gen.Choose(0, 255), Gen.Choose(0, 8)).Select(value => (byte)value).ArrayOf(length)
            from isFramed in Gen.Elements(false, true)
            select isFramed ? Raw.Packet((byte)first, body) : [(byte)first, .. body],
            bytes =>
            {
                foreach (var version in Enum.GetValues<ProtocolVersion>())
                {
                    CheckStable(bytes, version, PacketSender.Client);
                    CheckStable(bytes, version, PacketSender.Server);
                }
            },
            count: 20_000);

    [Theory, MemberData(nameof(Keys)), Spec("R49", "MQTT-4.13.1-1", "MQTT3-4.8.0-1")]
    public void A_mutated_packet_is_read_or_refused(string key)
    {
        var (row, version) = GoldenTable.Rows[key];
        var random = new Random(20_260_105);

        for (var i = 0; i < MutationsPerRow; i++)
        {
            var bytes = Mutate(row.Bytes, random);
            CheckStable(bytes, version, row.Sender);
            CheckStable(WithCorrectLength(bytes), version, row.Sender);
        }
    }

    [Theory, MemberData(nameof(ShortKeys))]
    public void A_packet_cut_short_is_not_the_same_packet(string key)
    {
        var (row, version) = GoldenTable.Rows[key];

        for (var length = 0; length < row.Bytes.Length - 2; length++)
        {
            var cut = row.Decode([row.Bytes[0], (byte)length, .. row.Bytes.AsSpan(2, length)], version);
            Assert.True(cut.Error != PacketError.None || !string.Equals(cut.Text, row.Packet, StringComparison.Ordinal));
        }
    }

    [Theory, MemberData(nameof(Keys))]
    public void Any_other_first_byte_is_read_or_refused(string key)
    {
        var (row, version) = GoldenTable.Rows[key];
        byte[] bytes = [.. row.Bytes];

        for (var first = 0; first <= 255; first++)
        {
            bytes[0] = (byte)first;
            CheckStable(bytes, version, row.Sender);
        }
    }

    /// <summary>The answer does not depend on what stands around the packet; what was accepted is accepted again as written.</summary>
    private static void CheckStable(byte[] bytes, ProtocolVersion version, PacketSender sender)
    {
        var alone = PacketDecoder.Decode(bytes, version, sender);
        if (alone.Status == FrameStatus.Incomplete)
        {
            return;
        }

        byte[] embedded = [0xFF, 0xFF, .. bytes, 0xFF, 0xFF];
        var inside = PacketDecoder.Decode(embedded.AsSpan(2), version, sender);
        Assert.Equal((alone.Error, alone.Text), (inside.Error, inside.Text));
        if (alone.Text is not null)
        {
            var again = PacketDecoder.Decode(alone.Rewritten, version, sender);
            Assert.Equal((PacketError.None, alone.Text), (again.Error, again.Text));
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var count = random.Next(1, 4); count > 0 && bytes.Count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;

                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;

                case 2:
                    bytes[at] = Edges[random.Next(Edges.Length)];
                    break;

                case 3:
                    bytes.RemoveAt(at);
                    break;

                case 4:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;

                default:
                    bytes.AddRange(bytes.GetRange(at, random.Next(bytes.Count - at)));
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>The same with a Remaining Length that fits, so that the mutation reaches the packet's own reader.</summary>
    private static byte[] WithCorrectLength(byte[] bytes)
    {
        var headerSize = 1;
        while (headerSize < Math.Min(bytes.Length, 5) && bytes[headerSize] >= 128)
        {
            headerSize++;
        }

        return bytes.Length == 0 ? [] : Raw.Packet(bytes[0], bytes[Math.Min(bytes.Length, headerSize + 1)..]);
    }
}
