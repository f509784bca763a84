using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;
using Godwit.Protocol.Tests.Golden;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests.Robustness;

/// <summary>The codec allocates nothing, whatever lengths a packet declares.</summary>
public sealed class AllocationTests
{
    [Fact, Spec("R52")]
    public void Reading_a_golden_packet_allocates_nothing()
    {
        var rows = GoldenTable.Rows.Values.Select(entry => (entry.Row.Bytes, entry.Version, entry.Row.Sender)).ToArray();

        Assert.Equal(0, AllocatedBy(rows));
    }

    [Theory, Spec("R9", "R52")]
    [InlineData("30 FF FF FF 7F")]
    [InlineData("30 FF FF FF 7F 0001 'a' 'xyz'")]
    [InlineData("10 FF FF FF 7F 0004 'MQTT' 05 02 003C FF FF FF 7F")]
    [InlineData("82 FF FF FF 7F 0001 FF FF FF 7F FFFF 'a'")]
    [InlineData("30 07 0001 'a' FF FF FF 7F")]
    [InlineData("30 04 FFFF 'ab'")]
    [InlineData("10 0E 0004 'MQTT' 04 02 003C FFFF 'ab'")]
    [InlineData("10 0F 0004 'MQTT' 05 02 003C FF FF FF 7F 00")]
    [InlineData("82 06 0001 FFFF 'ab'")]
    [InlineData("40 08 0001 00 FF FF FF 7F 1F")]
    [InlineData("30 0B 0001 'a' 07 26 FFFF 0001 'v' 00")]
    public void A_declared_length_allocates_nothing(string hex)
    {
        var bytes = Hex.Parse(hex);

        Assert.Equal(0, AllocatedBy([
            (bytes, ProtocolVersion.Mqtt31, PacketSender.Client),
            (bytes, ProtocolVersion.Mqtt311, PacketSender.Client),
            (bytes, ProtocolVersion.Mqtt5, PacketSender.Client)]));
    }

    [Fact, Spec("R52")]
    public void Writing_PUBLISH_and_PUBACK_allocates_nothing()
    {
        var buffer = new byte[256];
        WriteAll(buffer);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            WriteAll(buffer);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_buffer_that_grows_is_rented_and_given_back()
    {
        WriteLong();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            WriteLong();
        }

        // Not 0: a collection in between may empty the pool once.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    private static void WriteLong()
    {
        using var properties = new PropertyWriter(stackalloc byte[8]);
        for (var i = 0; i < 50; i++)
        {
            properties.AddUserProperty("a name of twenty chars"u8, "a value"u8);
        }
    }

    private static void WriteAll(byte[] buffer)
    {
        Span<byte> scratch = stackalloc byte[32];
        using var properties = new PropertyWriter(scratch);
        properties.Add(PropertyId.MessageExpiryInterval, 60);
        properties.AddUserProperty("k"u8, "v"u8);
        var publish = new PublishPacket { Topic = "a/b"u8, QoS = QoS.AtLeastOnce, PacketId = 1, Properties = properties.Block, Payload = "x"u8 };
        var puback = new PubackPacket { PacketId = 1, ReasonCode = PubackReasonCode.NoMatchingSubscribers };

        Assert.True(publish.Write(buffer, ProtocolVersion.Mqtt5) == publish.Measure(ProtocolVersion.Mqtt5));
        Assert.True(puback.Write(buffer, ProtocolVersion.Mqtt5) == puback.Measure(ProtocolVersion.Mqtt5));
    }

    private static long AllocatedBy((byte[] Bytes, ProtocolVersion Version, PacketSender Sender)[] packets)
    {
        ReadAll(packets);

        var before = GC.GetAllocatedBytesForCurrentThread();
        ReadAll(packets);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void ReadAll((byte[] Bytes, ProtocolVersion Version, PacketSender Sender)[] packets)
    {
        foreach (var (bytes, version, sender) in packets)
        {
            PacketProbe.Read(bytes, version, sender);
        }
    }
}
