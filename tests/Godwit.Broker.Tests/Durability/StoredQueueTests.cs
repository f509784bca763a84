using Godwit.Broker.Log;

namespace Godwit.Broker.Tests.Durability;

/// <summary>The list of positions that are in the store only.</summary>
public sealed class StoredQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(1000)]
    public void Positions_are_taken_in_order_whatever_order_they_came_in(int count)
    {
        var queue = new StoredQueue();
        var order = Enumerable.Range(0, count).ToArray();
        new Random(count).Shuffle(order);
        foreach (var seq in order)
        {
            queue.Add(3 * seq, seq + 1);
        }

        Assert.Equal((count, (long)count * (count + 1) / 2), (queue.Count, queue.Bytes));
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(3 * i, queue.FirstSeq);
            Assert.Equal((3L * i, i + 1), queue.TakeFirst());
        }

        Assert.Equal((0, 0L), (queue.Count, queue.Bytes));
    }

    [Fact]
    public void A_position_is_found_where_it_is_and_nowhere_else()
    {
        var queue = Filled(10, 20, 30);

        Assert.Equal([false, true, false, true, false, true, false], new long[] { 9, 10, 11, 20, 25, 30, 31 }.Select(queue.Contains));
        Assert.False(new StoredQueue().Contains(0));
    }

    [Fact]
    public void A_position_can_be_taken_out_anywhere()
    {
        foreach (var seq in new long[] { 10, 20, 30, 40 })
        {
            var queue = Filled(10, 20, 30, 40);

            Assert.True(queue.TryRemove(seq, out var cost));
            Assert.Equal(seq, cost);
            Assert.False(queue.TryRemove(seq, out cost));
            Assert.Equal(0, cost);
            Assert.Equal((3, 100 - seq), (queue.Count, queue.Bytes));
            Assert.Equal(new long[] { 10, 20, 30, 40 }.Where(left => left != seq), TakeAll(queue));
        }
    }

    [Fact]
    public void What_was_received_keeps_its_place_and_costs_nothing()
    {
        var queue = Filled(10, 20, 30);

        Assert.Equal(20, queue.MarkReceived(20));
        Assert.Equal(0, queue.MarkReceived(20));

        Assert.Equal((3, 40L), (queue.Count, queue.Bytes));
        queue.TakeFirst();
        Assert.Equal((20L, 0), queue.TakeFirst());
    }

    [Fact]
    public void It_is_a_ring()
    {
        var queue = new StoredQueue();
        var model = new Queue<long>();
        var random = new Random(5);
        for (var seq = 0L; seq < 10_000; seq++)
        {
            if (random.Next(20) == 0 && model.Count > 2)
            {
                var removed = model.ElementAt(random.Next(model.Count));
                Assert.True(queue.TryRemove(removed, out _));
                model = new Queue<long>(model.Where(left => left != removed));
            }

            if (random.Next(100) < 55)
            {
                queue.Add(seq, 1);
                model.Enqueue(seq);
            }
            else if (model.TryDequeue(out var first))
            {
                Assert.Equal((first, 1), queue.TakeFirst());
            }

            Assert.Equal((model.Count, (long)model.Count), (queue.Count, queue.Bytes));
        }

        Assert.Equal(model, TakeAll(queue));
    }

    private static StoredQueue Filled(params long[] positions)
    {
        var queue = new StoredQueue();
        foreach (var seq in positions)
        {
            queue.Add(seq, (int)seq);
        }

        return queue;
    }

    private static List<long> TakeAll(StoredQueue queue)
    {
        var taken = new List<long>();
        while (queue.Count > 0)
        {
            taken.Add(queue.TakeFirst().Seq);
        }

        return taken;
    }
}
