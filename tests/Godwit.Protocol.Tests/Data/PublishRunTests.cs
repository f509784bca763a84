using Godwit.Protocol.Packets;

namespace Godwit.Protocol.Tests.Data;

public sealed class PublishRunTests
{
    private static readonly byte[] Version3 = [0x30, 0x05, 0x00, 0x01, (byte)'t', 1, 2];
    private static readonly byte[] Version3QoS1 = [0x32, 0x07, 0x00, 0x01, (byte)'t', 0x01, 0x02, 1, 2];
    private static readonly byte[] Version5 = [0x30, 0x06, 0x00, 0x01, (byte)'t', 0x00, 1, 2];
    private static readonly byte[] Version5QoS1 = [0x32, 0x08, 0x00, 0x01, (byte)'t', 0x01, 0x02, 0x00, 1, 2];

    public static TheoryData<ProtocolVersion, byte[], int> Forms => new()
    {
        { ProtocolVersion.Mqtt311, Version3, 0 },
        { ProtocolVersion.Mqtt311, Version3QoS1, 5 },
        { ProtocolVersion.Mqtt5, Version5, 0 },
        { ProtocolVersion.Mqtt5, Version5QoS1, 5 },
    };

    [Theory, MemberData(nameof(Forms))]
    public void Equal_packets_are_one_run(ProtocolVersion version, byte[] packet, int packetIdAt)
    {
        var run = Read([.. packet, .. packet, .. packet], version);

        Assert.Equal(3, run.Count);
        Assert.Equal(3 * packet.Length, run.Bytes.Length);
        Assert.Equal(6, run.PayloadBytes);
        Assert.Equal(packet.Length, run.LargestPacketBytes);
        Assert.Equal(packet[2..], run.FirstBody.ToArray());
        Assert.Equal(packet[0] == 0x32 ? QoS.AtLeastOnce : QoS.AtMostOnce, run.QoS);
        Assert.Equal(packet[0] & 0x0F, run.Flags);
        var count = 0;
        foreach (var one in run)
        {
            Assert.Equal(packet, one.Bytes.ToArray());
            Assert.Equal([1, 2], one.Payload.ToArray());
            Assert.True(packetIdAt == 0 || one.PacketIdAt == packetIdAt);
            count++;
        }

        Assert.Equal(3, count);
    }

    /// <summary>Each row follows two good packets and is not part of their run.</summary>
    [Theory]
    [InlineData(ProtocolVersion.Mqtt311, 0x30, "31 05 00 01 74 01 02")]           // RETAIN
    [InlineData(ProtocolVersion.Mqtt311, 0x30, "30 05 00 01 75 01 02")]           // another topic
    [InlineData(ProtocolVersion.Mqtt311, 0x30, "30 05 00 02 74 01 02")]           // a longer topic
    [InlineData(ProtocolVersion.Mqtt311, 0x30, "32 07 00 01 74 01 02 01 02")]     // QoS 1
    [InlineData(ProtocolVersion.Mqtt311, 0x30, "34 07 00 01 74 01 02 01 02")]     // QoS 2
    [InlineData(ProtocolVersion.Mqtt311, 0x30, "30 85 00 00 01 74 01 02")]        // a length longer than necessary
    [InlineData(ProtocolVersion.Mqtt311, 0x30, "30 02 00 01 74")]                 // no room for the topic
    [InlineData(ProtocolVersion.Mqtt311, 0x30, "30 00")]
    [InlineData(ProtocolVersion.Mqtt311, 0x30, "30 05 00 01 74 01")]              // incomplete
    [InlineData(ProtocolVersion.Mqtt311, 0x30, "30 85")]
    [InlineData(ProtocolVersion.Mqtt311, 0x30, "30")]
    [InlineData(ProtocolVersion.Mqtt311, 0x30, "30 ff ff ff ff 01")]
    [InlineData(ProtocolVersion.Mqtt311, 0x30, "C0 00")]
    [InlineData(ProtocolVersion.Mqtt311, 0x32, "3A 07 00 01 74 01 02 01 02")]     // DUP
    [InlineData(ProtocolVersion.Mqtt311, 0x32, "32 07 00 01 74 00 00 01 02")]     // packet id 0
    [InlineData(ProtocolVersion.Mqtt311, 0x32, "32 04 00 01 74 01")]              // no room for the packet id
    [InlineData(ProtocolVersion.Mqtt5, 0x30, "30 06 00 01 74 02 01 00")]          // properties
    [InlineData(ProtocolVersion.Mqtt5, 0x30, "30 03 00 01 74")]                   // no Property Length
    [InlineData(ProtocolVersion.Mqtt5, 0x32, "32 07 00 01 74 00 01 01 00")]       // properties
    [InlineData(ProtocolVersion.Mqtt5, 0x32, "32 05 00 01 74 00 01")]             // no Property Length
    public void Another_packet_ends_the_run(ProtocolVersion version, int first, string other)
    {
        var packet = Forms.Select(row => row.Data).Single(row => row.Item1 == version && row.Item2[0] == first).Item2;

        var run = Read([.. packet, .. packet, .. Convert.FromHexString(other.Replace(" ", "", StringComparison.Ordinal))], version);

        Assert.Equal(2, run.Count);
        Assert.Equal(2 * packet.Length, run.Bytes.Length);
    }

    [Fact]
    public void Payloads_may_differ_in_length_also_beyond_127_bytes()
    {
        byte[] large = [0x30, 0x83, 0x02, 0x00, 0x01, (byte)'t', .. new byte[256]];
        byte[] empty = [0x30, 0x03, 0x00, 0x01, (byte)'t'];

        var run = Read([.. Version3, .. large, .. empty, .. large], ProtocolVersion.Mqtt311);

        Assert.Equal(4, run.Count);
        Assert.Equal(2 + 256 + 0 + 256, run.PayloadBytes);
        Assert.Equal(large.Length, run.LargestPacketBytes);
        var sizes = new List<int>();
        foreach (var packet in run)
        {
            sizes.Add(packet.Payload.Length);
        }

        Assert.Equal([2, 256, 0, 256], sizes);
    }

    [Fact]
    public void A_packet_that_is_too_large_ends_the_run()
    {
        byte[] large = [0x30, 0x06, 0x00, 0x01, (byte)'t', 1, 2, 3];

        Assert.Equal(2, PublishRun.Read([.. Version3, .. Version3, .. large], ProtocolVersion.Mqtt311, Version3.Length, int.MaxValue).Count);
        Assert.Equal(0, PublishRun.Read([.. large, .. Version3], ProtocolVersion.Mqtt311, Version3.Length, int.MaxValue).Count);
    }

    [Fact]
    public void A_run_is_cut_at_a_packet_boundary()
    {
        Assert.Equal(2, PublishRun.Read([.. Version3, .. Version3, .. Version3], ProtocolVersion.Mqtt311, int.MaxValue, (3 * Version3.Length) - 1).Count);
        Assert.Equal(0, PublishRun.Read(Version3, ProtocolVersion.Mqtt311, int.MaxValue, Version3.Length - 1).Count);
    }

    [Theory]
    [InlineData(0x30, true)]
    [InlineData(0x32, true)]
    [InlineData(0x31, false)]
    [InlineData(0x34, false)]
    [InlineData(0x3A, false)]
    [InlineData(0x40, false)]
    public void A_run_begins_with_QoS_0_or_1_without_DUP_and_RETAIN(byte first, bool may) => Assert.Equal(may, PublishRun.MayBeginWith(first));

    private static PublishRun Read(byte[] input, ProtocolVersion version) => PublishRun.Read(input, version, int.MaxValue, int.MaxValue);
}
