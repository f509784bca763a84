using Godwit.Bench.Clients;
using Godwit.Bench.Plans;

namespace Godwit.Bench.Tests;

public sealed class SendScheduleTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void The_publishers_of_an_open_loop_share_its_rate_evenly()
    {
        var plan = new BenchPlan { Shape = BenchShape.PubSub, Publishers = 4, OpenLoopRate = 1_000 };
        var times = new List<long>();
        for (var publisher = 0; publisher < 4; publisher++)
        {
            var schedule = SendSchedule.Of(plan, publisher)!;
            schedule.Start(5 * Second);
            for (var i = 0; i < 250; i++, schedule.Advance())
            {
                times.Add(schedule.NextNs);
            }
        }

        times.Sort();
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => (5 * Second) + (i * Second / 1_000)), times);
    }

    [Fact]
    public void Time_does_not_drift_however_odd_the_rate_is()
    {
        var schedule = SendSchedule.Of(new BenchPlan { Shape = BenchShape.Pub, Subscribers = 0, OpenLoopRate = 7 }, 0)!;
        schedule.Start(0);
        for (var i = 0; i < 7 * 3_600; i++)
        {
            schedule.Advance();
        }

        Assert.InRange(schedule.NextNs, (3_600 * Second) - 2, (3_600 * Second) + 2);
    }

    [Fact]
    public void Who_was_late_stays_on_schedule()
    {
        var schedule = SendSchedule.Of(new BenchPlan { Shape = BenchShape.Pub, Subscribers = 0, RatePerPublisher = 10 }, 0)!;
        Assert.Equal(long.MaxValue, schedule.NextNs);
        schedule.Start(Second);
        schedule.Start(9 * Second);

        schedule.Advance();
        schedule.Advance();

        Assert.Equal(Second + (2 * Second / 10), schedule.NextNs);
    }

    [Fact]
    public void Without_a_rate_there_is_no_schedule() => Assert.Null(SendSchedule.Of(new BenchPlan { Shape = BenchShape.Pub }, 0));

    [Fact]
    public void A_window_gives_every_id_once_and_understands_each_answer_once()
    {
        var window = new InFlightWindow(3);
        Assert.Equal([1, 2, 3], Enumerable.Range(0, 3).Select(i => (int)window.Take(i)));
        Assert.False(window.HasRoom);

        Assert.False(window.End(9, isReleased: false, out _));
        Assert.False(window.End(0, isReleased: false, out _));
        Assert.False(window.End(2, isReleased: true, out _));       // PUBCOMP before PUBREC
        Assert.True(window.Release(2));
        Assert.False(window.Release(2));
        Assert.False(window.End(2, isReleased: false, out _));      // PUBACK for a QoS 2 message
        Assert.True(window.End(2, isReleased: true, out var sentNs));
        Assert.Equal(1, sentNs);
        Assert.False(window.End(2, isReleased: true, out _));
        Assert.True(window.End(1, isReleased: false, out _));

        Assert.Equal([2, 1], new int[] { window.Take(0), window.Take(0) });
        Assert.False(window.HasRoom);
    }

    [Fact]
    public void A_broker_may_make_the_window_smaller()
    {
        var window = new InFlightWindow(10) { Limit = 2 };
        window.Take(0);
        window.Take(0);

        Assert.False(window.HasRoom);
    }
}
