using Godwit.Broker.Shards;

namespace Godwit.Broker.Tests;

/// <summary>Deadlines against a list that is searched from end to end.</summary>
public sealed class TimerQueueTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory, Spec("R35")]
    [MemberData(nameof(Seeds))]
    public void It_does_what_a_searched_list_does(int seed)
    {
        var random = new Random(seed);
        var queue = new TimerQueue();
        var members = Enumerable.Range(0, 50).Select(_ => new Timed()).ToArray();
        var model = new Dictionary<Timed, long>();
        for (var step = 0; step < 5_000; step++)
        {
            var member = members[random.Next(members.Length)];
            switch (random.Next(6))
            {
                case < 3:
                    var due = random.Next(20) == 0 ? long.MaxValue : random.Next(1_000);
                    queue.Set(member, due);
                    model[member] = due;
                    if (due == long.MaxValue)
                    {
                        model.Remove(member);
                    }

                    break;

                case 3:
                    queue.Remove(member);
                    model.Remove(member);
                    break;

                default:
                    TakesTheEarliest(queue, model, nowMs: random.Next(1_000));
                    break;
            }

            Assert.Equal(model.Count == 0 ? long.MaxValue : model.Values.Min(), queue.NextDueMs);
        }
    }

    [Fact]
    public void A_deadline_is_due_at_its_own_millisecond_and_not_before()
    {
        var queue = new TimerQueue();
        queue.Set(new Timed(), 100);

        Assert.False(queue.TryTakeDue(99, out _));
        Assert.True(queue.TryTakeDue(100, out _));
        Assert.False(queue.TryTakeDue(long.MaxValue, out _));
    }

    [Fact]
    public void Ten_thousand_deadlines_come_in_order()
    {
        var random = new Random(3);
        var queue = new TimerQueue();
        for (var i = 0; i < 10_000; i++)
        {
            queue.Set(new Timed(), random.NextInt64(1_000_000));
        }

        var last = 0L;
        for (var i = 0; i < 10_000; i++)
        {
            Assert.True(queue.TryTakeDue(long.MaxValue - 1, out var timed));
            Assert.True(timed.DueMs >= last);
            last = timed.DueMs;
        }

        Assert.Equal(long.MaxValue, queue.NextDueMs);
    }

    private static void TakesTheEarliest(TimerQueue queue, Dictionary<Timed, long> model, long nowMs)
    {
        var expected = model.Values.Where(due => due <= nowMs).DefaultIfEmpty(-1).Min();
        if (!queue.TryTakeDue(nowMs, out var timed))
        {
            Assert.Equal(-1, expected);
            return;
        }

        Assert.Equal(expected, timed.DueMs);
        Assert.True(model.Remove((Timed)timed, out var due));
        Assert.Equal(expected, due);
        Assert.Equal(0, timed.TimerPlace);
    }

    private sealed class Timed : ITimed
    {
        public long DueMs { get; set; }

        public int TimerPlace { get; set; }

        public void OnTimer(Shard shard)
        {
        }
    }
}
