using System.Text;
using Godwit.Broker.Log;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Durability;

/// <summary>Recipients as bytes, and what is read of bytes that are damaged.</summary>
public sealed class RecipientListTests
{
    public static TheoryData<uint, long, QoS, bool, uint[]?, string> Rows => new()
    {
        { 0, 0, QoS.AtLeastOnce, false, null, "" },
        { 1, 127, QoS.ExactlyOnce, true, null, "" },
        { 128, 128, QoS.AtLeastOnce, true, [1], "" },
        { uint.MaxValue, long.MaxValue, QoS.ExactlyOnce, false, [268_435_455, 1, 128], "$share/g/t" },
        { 16_384, 2_097_152, QoS.AtLeastOnce, false, null, "$share/" + "g/" + "t" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_recipient_is_read_as_it_was_written(uint sessionNo, long seq, QoS qos, bool retain, uint[]? identifiers, string sharedFilter)
    {
        var list = new RecipientList();
        list.Add(sessionNo, seq, qos, retain, identifiers, Encoding.UTF8.GetBytes(sharedFilter));
        var reader = new RecipientReader(list.Span);

        Assert.True(reader.TryRead());

        Assert.Equal((sessionNo, seq, qos, retain), (reader.SessionNo, reader.Seq, reader.QoS, reader.Retain));
        Assert.Equal(identifiers, reader.ReadIdentifiers());
        Assert.Equal(identifiers?.Length ?? 0, reader.IdentifierCount);
        Assert.Equal(sharedFilter, Encoding.UTF8.GetString(reader.SharedFilter));
        Assert.True(reader.Entry.SequenceEqual(list.Span));
        Assert.False(reader.TryRead());
        Assert.False(reader.IsDamaged);
    }

    [Fact]
    public void Lists_can_be_joined_and_taken_apart()
    {
        var first = Filled(40, seed: 1);
        var second = Filled(60, seed: 2);
        var joined = new RecipientList();
        joined.Add(first.Span);
        joined.Add(second.Span);
        var copy = new RecipientList();

        var reader = new RecipientReader(joined.Span);
        var count = 0;
        for (; reader.TryRead(); count++)
        {
            copy.Add(reader.Entry);
        }

        Assert.Equal(100, count);
        Assert.True(copy.Span.SequenceEqual(joined.Span));
        Assert.Equal(first.Span.Length + second.Span.Length, joined.Span.Length);
    }

    [Fact]
    public void What_one_recipient_has_the_next_does_not_inherit()
    {
        var list = new RecipientList();
        list.Add(1, 1, QoS.ExactlyOnce, retain: true, [7], "$share/g/t"u8);
        list.Add(2, 2, QoS.AtLeastOnce, retain: false, null, default);
        var reader = new RecipientReader(list.Span);

        Assert.True(reader.TryRead());
        Assert.True(reader.TryRead());

        Assert.Equal((QoS.AtLeastOnce, false, 0), (reader.QoS, reader.Retain, reader.IdentifierCount));
        Assert.Null(reader.ReadIdentifiers());
        Assert.True(reader.SharedFilter.IsEmpty);
    }

    [Fact]
    public void An_empty_list_has_nobody_and_a_cleared_one_can_be_filled_again()
    {
        var list = Filled(3, seed: 1);
        Assert.False(list.IsEmpty);

        list.Clear();

        Assert.True(list.IsEmpty);
        Assert.False(new RecipientReader(list.Span).TryRead());
        list.Add(5, 6, QoS.AtLeastOnce, retain: false, null, default);
        Assert.Equal(3, list.Span.Length);
    }

    [Fact]
    public void A_list_that_is_cut_short_gives_what_is_whole_and_says_that_it_is_damaged()
    {
        var list = Filled(20, seed: 3);
        var ends = new HashSet<int> { 0 };
        var position = 0;
        var whole = new RecipientReader(list.Span);
        while (whole.TryRead())
        {
            position += whole.Entry.Length;
            ends.Add(position);
        }

        for (var length = 0; length < list.Span.Length; length++)
        {
            var reader = new RecipientReader(list.Span[..length]);
            var count = 0;
            for (; reader.TryRead(); count++)
            {
            }

            Assert.Equal(!ends.Contains(length), reader.IsDamaged);
            Assert.Equal(ends.Count(end => end <= length) - 1, count);
            Assert.True(!reader.IsDamaged || reader.Entry.IsEmpty);
            Assert.False(reader.TryRead());
        }
    }

    [Theory]
    [InlineData("01 01 10", "unknown flag")]
    [InlineData("FF FF FF FF 10 01 00", "session number above 32 bits")]
    [InlineData("01 FF FF FF FF FF FF FF FF FF 01 00", "position above 63 bits")]
    [InlineData("01 FF FF FF FF FF FF FF FF FF FF 01 00", "a number without end")]
    [InlineData("01 01 04 05 01", "more identifiers than bytes")]
    [InlineData("01 01 04 FF FF FF FF FF FF FF FF 7F 01", "a count that is no int")]
    [InlineData("01 01 04 01 FF FF FF FF 10", "identifier above 32 bits")]
    [InlineData("01 01 08 05 61", "filter longer than the rest")]
    [InlineData("01 01 08 FF FF FF FF FF FF FF FF 7F 61", "a length that is no int")]
    [InlineData("01 01", "no flags")]
    public void Bytes_that_nobody_has_written_are_damaged(string hex, string why)
    {
        var reader = new RecipientReader(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

        Assert.False(reader.TryRead(), why);
        Assert.True(reader.IsDamaged, why);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(11);
        var bytes = new byte[64];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            for (var j = 2; j < bytes.Length; j += 3)
            {
                bytes[j] &= 0x0F;               // often valid flags
            }

            var reader = new RecipientReader(bytes.AsSpan(0, random.Next(bytes.Length)));
            while (reader.TryRead())
            {
                Assert.Equal(reader.IdentifierCount, reader.ReadIdentifiers()?.Length ?? 0);
            }
        }
    }

    private static RecipientList Filled(int count, int seed)
    {
        var random = new Random(seed);
        var list = new RecipientList();
        for (var i = 0; i < count; i++)
        {
            var identifiers = random.Next(3) == 0 ? Enumerable.Range(0, random.Next(1, 4)).Select(_ => (uint)random.Next()).ToArray() : null;
            var filter = random.Next(3) == 0 ? Encoding.UTF8.GetBytes(new string('f', random.Next(1, 300))) : [];
            list.Add((uint)random.NextInt64(uint.MaxValue), random.NextInt64(), (QoS)random.Next(1, 3), random.Next(2) == 0, identifiers, filter);
        }

        return list;
    }
}
