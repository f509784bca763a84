using Godwit.Storage.Index;

namespace Godwit.Storage.Tests.Index;

/// <summary>The positions of a queue against a plain dictionary.</summary>
public sealed class QueueRingTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void It_does_what_a_dictionary_does(int seed)
    {
        var random = new Random(seed);
        var ring = new QueueRing();
        var live = new SortedDictionary<long, long>();
        var done = new HashSet<long>();
        var next = 0L;
        var stays = random.Next(2) == 0 ? 1 : 50;
        for (var step = 0; step < 10_000; step++)
        {
            if (live.Count == 0 || random.Next(100) < (step / 1_000 % 2 == 0 ? 55 : 45))
            {
                // Shards write independently, so a position may come a little early, or its end before itself.
                var seq = next + random.Next(4);
                next = Math.Max(next, seq + 1);
                if (random.Next(5) == 0)
                {
                    ring.MarkDone(seq);
                    live.Remove(seq);
                    done.Add(seq);
                }
                else if (!live.ContainsKey(seq) && !done.Contains(seq))
                {
                    ring.Set(seq, step + 2);
                    live.Add(seq, step + 2);
                }
            }
            else
            {
                var seq = live.Keys.ElementAt(Math.Min(random.Next(stays) == 0 ? random.Next(live.Count) : 0, live.Count - 1));
                ring.MarkDone(seq);
                live.Remove(seq);
                done.Add(seq);
            }

            Assert.Equal(live.Count, ring.Count);
            var asked = random.NextInt64(Math.Max(next - 200, 0), next + 2);
            Assert.Equal(live.TryGetValue(asked, out var id) ? id : done.Contains(asked) ? QueueRing.Done : QueueRing.Unseen, ring[asked]);
        }

        Assert.Equal(live, Live(ring));
        ring.Settle(next);
        Assert.Equal(live, Live(ring));
        Assert.Equal(QueueRing.Unseen, ring[next]);
        Assert.All(Enumerable.Range(0, (int)next).Where(seq => !live.ContainsKey(seq)), seq => Assert.Equal(QueueRing.Done, ring[seq]));
    }

    [Fact]
    public void A_position_that_stays_does_not_keep_room_for_all_that_pass()
    {
        var ring = new QueueRing();
        ring.Set(0, 7);
        Pass(1, 100_000);
        var from = 100_000;

        Assert.Equal(0, Allocations.Least(() => Pass(from, from += 200_000)));
        Assert.Equal(7, ring[0]);
        Assert.Equal([new(0, 7)], Live(ring));

        void Pass(long from, long to)
        {
            for (var seq = from; seq < to; seq++)
            {
                ring.Set(seq, 8);
                ring.MarkDone(seq);
            }
        }
    }

    [Fact]
    public void The_first_position_may_be_a_high_one()
    {
        var ring = new QueueRing();

        ring.Set(5_000_000_000, 9);

        Assert.Equal(9, ring[5_000_000_000]);
        Assert.Equal(QueueRing.Unseen, ring[4_999_999_990]);
        Assert.Equal(1, ring.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void After_a_replay_out_of_order_a_dense_queue_is_a_ring_again(int seed)
    {
        var random = new Random(seed);
        var ring = new QueueRing();
        var seqs = Enumerable.Range(0, 10_000).Select(seq => (long)seq).ToArray();
        random.Shuffle(seqs);
        foreach (var seq in seqs)
        {
            ring.Set(seq, seq + 2);
        }

        ring.Settle(10_000);

        Assert.Equal(seqs.Order().Select(seq => new KeyValuePair<long, long>(seq, seq + 2)), Live(ring));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.All(Enumerable.Range(0, 10), seq => Assert.Equal(seq + 2, ring[seq]));
        for (var seq = 0L; seq < 10_000; seq++)
        {
            ring.MarkDone(seq);
        }

        Assert.Equal(0, ring.Count);
    }

    private static SortedDictionary<long, long> Live(QueueRing ring)
    {
        var live = new SortedDictionary<long, long>();
        for (var seq = 0L; ring.TryNext(ref seq, out var id); seq++)
        {
            if (id != QueueRing.Unseen)
            {
                live.Add(seq, id);
            }
        }

        return live;
    }
}
