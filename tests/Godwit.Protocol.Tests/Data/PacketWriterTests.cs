namespace Godwit.Protocol.Tests.Data;

public sealed class PacketWriterTests
{
    [Fact]
    public void A_Four_Byte_Integer_is_written_with_its_highest_byte_first()
    {
        var bytes = new byte[5];
        var writer = new PacketWriter(bytes);

        writer.WriteUInt32(0x0102_0304);
        writer.WriteByte(5);

        Assert.Equal([1, 2, 3, 4, 5], bytes);
    }

    [Fact]
    public void Binary_data_above_65535_bytes_is_a_mistake_of_the_caller()
    {
        var destination = new byte[70_000];
        new PacketWriter(destination).WriteBinary(new byte[65_535]);

        Assert.Throws<OverflowException>(() => new PacketWriter(destination).WriteBinary(new byte[65_536]));
    }
}
