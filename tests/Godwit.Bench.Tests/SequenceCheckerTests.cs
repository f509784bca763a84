using Godwit.Bench.Measurement;

namespace Godwit.Bench.Tests;

public sealed class SequenceCheckerTests
{
    [Fact]
    public void Numbers_in_order_are_in_order()
    {
        var checker = new SequenceChecker();

        Assert.All(Enumerable.Range(0, 1000), sequence => Assert.Equal(Arrival.InOrder, checker.Take(0, sequence)));
        Assert.Equal(0, checker.Missing);
    }

    [Fact]
    public void What_is_left_out_is_missing_until_it_comes()
    {
        var checker = new SequenceChecker();
        checker.Take(7, 0);

        Assert.Equal(Arrival.InOrder, checker.Take(7, 4));
        Assert.Equal(3, checker.Missing);
        Assert.Equal(Arrival.OutOfOrder, checker.Take(7, 2));
        Assert.Equal(2, checker.Missing);
        Assert.Equal(Arrival.Duplicate, checker.Take(7, 2));
        Assert.Equal(Arrival.Duplicate, checker.Take(7, 4));
        Assert.Equal(Arrival.InOrder, checker.Take(7, 5));
        Assert.Equal(2, checker.Missing);
    }

    [Fact]
    public void The_first_messages_of_a_stream_can_be_missing_too()
    {
        var checker = new SequenceChecker();

        checker.Take(0, 10);

        Assert.Equal(10, checker.Missing);
    }

    [Fact]
    public void A_second_copy_is_a_duplicate_also_when_nothing_was_ever_missing()
    {
        var checker = new SequenceChecker();
        checker.Take(0, 0);
        checker.Take(0, 1);

        Assert.Equal(Arrival.Duplicate, checker.Take(0, 1));
        Assert.Equal(Arrival.Duplicate, checker.Take(0, 0));
        Assert.Equal(Arrival.InOrder, checker.Take(0, 2));
    }

    [Fact]
    public void A_gap_wider_than_the_memory_counts_in_full()
    {
        var checker = new SequenceChecker();
        const long Far = 3 * SequenceChecker.MemorySize;

        checker.Take(0, Far);

        Assert.Equal(Far, checker.Missing);
        Assert.Equal(Arrival.OutOfOrder, checker.Take(0, Far - 1));
        Assert.Equal(Arrival.OutOfOrder, checker.Take(0, Far - SequenceChecker.MemorySize + 1));
        Assert.Equal(Arrival.Duplicate, checker.Take(0, 5));
        Assert.Equal(Far - 2, checker.Missing);
    }

    [Fact]
    public void Streams_do_not_disturb_each_other()
    {
        var checker = new SequenceChecker();
        for (var sequence = 0; sequence < 20; sequence++)
        {
            for (var stream = 0; stream < 5_000; stream += 7)
            {
                Assert.Equal(Arrival.InOrder, checker.Take(stream, sequence));
            }
        }

        Assert.Equal(0, checker.Missing);
    }

    [Fact]
    public void Where_gaps_are_allowed_only_the_order_counts()
    {
        var checker = new SequenceChecker(allowsGaps: true);

        Assert.Equal(Arrival.InOrder, checker.Take(0, 5));
        Assert.Equal(Arrival.InOrder, checker.Take(0, 9));
        Assert.Equal(Arrival.OutOfOrder, checker.Take(0, 7));
        Assert.Equal(Arrival.OutOfOrder, checker.Take(0, 9));
        Assert.Equal(0, checker.Missing);
    }

    [Fact]
    public void Who_comes_late_misses_nothing_of_what_was_before()
    {
        var checker = new SequenceChecker(startsAnywhere: true);

        checker.Take(0, 1_000);
        checker.Take(0, 1_002);

        Assert.Equal(1, checker.Missing);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_disorder_is_told_as_a_set_would_tell_it(int seed)
    {
        var random = new Random(seed);
        var checker = new SequenceChecker();
        var seen = new HashSet<long>();
        var (next, late, duplicates) = (0L, 0, 0);
        var (foundLate, foundDuplicates) = (0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var sequence = Math.Max(0, next + random.Next(-20, 5));
            var isNew = seen.Add(sequence);
            duplicates += isNew ? 0 : 1;
            late += isNew && sequence < next ? 1 : 0;
            next = Math.Max(next, sequence + 1);
            var arrival = checker.Take(3, sequence);
            foundLate += arrival == Arrival.OutOfOrder ? 1 : 0;
            foundDuplicates += arrival == Arrival.Duplicate ? 1 : 0;
        }

        Assert.Equal((late, duplicates, next - seen.Count), (foundLate, foundDuplicates, checker.Missing));
    }

    [Fact]
    public void The_payload_header_keeps_all_its_bits()
    {
        var bytes = new byte[MessageHeader.Size];

        MessageHeader.Write(bytes, MessageHeader.StreamsMax - 1, (1L << 40) - 1, long.MaxValue - 5);

        Assert.Equal(MessageHeader.StreamsMax - 1, MessageHeader.Read(bytes, out var sequence, out var sentNs));
        Assert.Equal(((1L << 40) - 1, long.MaxValue - 5), (sequence, sentNs));
    }
}
