using System.Text;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tests.Segments;

/// <summary>The bytes of format 1.0.</summary>
public sealed class FormatTests
{
    private static readonly Guid StoreId = new("00112233-4455-6677-8899-aabbccddeeff");

    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("123456789", 0xE3069283u)]      // the check value of the CRC catalogues
    public void The_checksum_is_CRC_32C(string text, uint checksum) =>
        Assert.Equal(checksum, Crc32C.Finish(Crc32C.Append(Crc32C.Start, Encoding.ASCII.GetBytes(text))));

    [Fact]
    public void The_checksum_of_32_zeroes_is_that_of_RFC_3720() =>
        Assert.Equal(0x8A9136AAu, Crc32C.Finish(Crc32C.Append(Crc32C.Start, new byte[32])));

    [Theory]
    [InlineData(Generation.Hot, "ed17fae005000000080706050403020114131211242322213837363534333231434241001b57641e68656c6c6f")]
    [InlineData(Generation.Cold, "ed17fae00500000008070605040302011413121124232221383736353433323143424101023c54f168656c6c6f")]
    internal void A_frame_has_these_bytes(Generation generation, string hex)
    {
        var frame = new byte[FrameHeader.SizeBytes + 5];
        "hello"u8.CopyTo(frame.AsSpan(FrameHeader.SizeBytes));

        new FrameHeader(5, 0x0102030405060708, 0x11121314, 0x21222324, 0x3132333435363738, 0x414243, generation).Write(frame, FrameHeader.SaltOf(StoreId));

        Assert.Equal(hex, Convert.ToHexStringLower(frame));
        Assert.True(FrameHeader.TryRead(frame, FrameHeader.SaltOf(StoreId), out var header));
        Assert.Equal(new FrameHeader(5, 0x0102030405060708, 0x11121314, 0x21222324, 0x3132333435363738, 0x414243, generation), header);
        Assert.True(FrameHeader.IsIntact(frame, FrameHeader.SaltOf(StoreId)));
        Assert.False(FrameHeader.TryRead(frame, FrameHeader.SaltOf(Guid.Empty), out _));
    }

    [Fact]
    public void Every_bit_of_a_frame_is_checked()
    {
        var salt = FrameHeader.SaltOf(StoreId);
        var frame = new byte[FrameHeader.SizeBytes + 5];
        new FrameHeader(5, 1, 1, 1, 0, 1, Generation.Hot).Write(frame, salt);
        for (var bit = 0; bit < 8 * frame.Length; bit++)
        {
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(FrameHeader.IsIntact(frame, salt));
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(FrameHeader.IsIntact(frame, salt));
    }

    [Fact]
    public void A_segment_header_has_these_bytes()
    {
        var bytes = new byte[SegmentHeader.SizeBytes];
        var header = new SegmentHeader(StoreId, Generation.Cold, 0x11121314, 0x2122232425262728, 0x31323334, 0x41424344);

        header.Write(bytes);

        Assert.Equal("474f445749545347010000000000000000112233445566778899aabbccddeeff010000001413121128272625242322213433323144434241", Convert.ToHexStringLower(bytes.AsSpan(0, 56)));
        Assert.Equal("669a787e", Convert.ToHexStringLower(bytes.AsSpan(4092)));
        Assert.Equal(-1, bytes.AsSpan(56, 4092 - 56).IndexOfAnyExcept((byte)0));
        Assert.Equal(HeaderStatus.Good, SegmentHeader.TryRead(bytes, out var read, out var format));
        Assert.Equal((header, "format 1.0, features 0x0"), (read, format));
        Assert.Equal(HeaderStatus.Damaged, SegmentHeader.TryRead(bytes.AsSpan(0, 4095), out _, out _));
    }

    [Fact]
    public void A_newer_minor_version_can_be_read()
    {
        var bytes = new byte[SegmentHeader.SizeBytes];
        new SegmentHeader(StoreId, Generation.Hot, 1, 1, 1, 0).Write(bytes);
        bytes[10] = 9;
        BitConverter.TryWriteBytes(bytes.AsSpan(4092), Crc32C.Finish(Crc32C.Append(Crc32C.Start, bytes.AsSpan(0, 4092))));

        Assert.Equal(HeaderStatus.Good, SegmentHeader.TryRead(bytes, out _, out var format));
        Assert.Equal("format 1.9, features 0x0", format);
    }

    [Theory]
    [InlineData("hot-0000000000000001.seg", true)]
    [InlineData("hot-00000000000000ff.seg", true)]
    [InlineData("hot-00000000000000FF.seg", false)]
    [InlineData("hot-0000000000000000.seg", false)]
    [InlineData("hot-0000000100000000.seg", false)]
    [InlineData("hot-1.seg", false)]
    [InlineData("cold-0000000000000001.seg", false)]
    [InlineData("hot-0000000000000001.seg.tmp", false)]
    [InlineData("quarantine-hot-0000000000000001.seg", false)]
    public void Only_names_that_are_written_are_read(string name, bool isSegment) =>
        Assert.Equal(isSegment, SegmentName.TryParse(name, Generation.Hot, out _));
}
