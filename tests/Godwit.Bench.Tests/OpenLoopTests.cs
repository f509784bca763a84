using Godwit.Bench.Plans;
using Godwit.Bench.Tests.Support;
using Godwit.Bench.Workers;
using Godwit.Protocol;

namespace Godwit.Bench.Tests;

/// <summary>A broker that does nothing for half a second, in virtual time: who is asked for how long a message takes must say so.</summary>
public sealed class OpenLoopTests
{
    private const long Ms = 1_000_000;
    private const long StallMs = 500;

    private static readonly BenchPlan Plan = new()
    {
        Shape = BenchShape.Latency,
        QoS = QoS.AtLeastOnce,
        Window = 10,
        KeepAliveSeconds = 0,
    };

    [Fact]
    public void With_a_schedule_every_message_that_was_due_in_the_stall_shows_it()
    {
        var latency = Stall(Plan with { OpenLoopRate = 1_000 }).Worker.Counters.Latency;

        // One was due at every millisecond of the stall: the first waited 500 ms, the last 1 ms, and all of them 5 ms more for the window.
        Assert.InRange(latency.CountBetween(100 * Ms, long.MaxValue), StallMs - 100, StallMs - 90);
        Assert.InRange(latency.CountBetween(400 * Ms, long.MaxValue), 100, 110);
        Assert.InRange(latency.Maximum, StallMs * Ms, (StallMs + 1) * Ms);
        Assert.InRange(latency.Quantile(0.5), 0, Ms);       // 2 s without a stall, half a second with
    }

    [Fact]
    public void The_schedule_also_counts_for_the_acknowledgement()
    {
        var acknowledgement = Stall(Plan with { OpenLoopRate = 1_000 }).Worker.Counters.Acknowledgement;

        Assert.InRange(acknowledgement.CountBetween(100 * Ms, long.MaxValue), StallMs - 100, StallMs - 90);
    }

    [Fact]
    public void Nothing_is_left_out_after_the_stall()
    {
        var broker = Stall(Plan with { OpenLoopRate = 1_000 });

        Assert.InRange(broker.Worker.Counters.Sent, 2_499, 2_501);
        Assert.Equal(broker.Worker.Counters.Sent, broker.Worker.Counters.Received);
        Assert.Equal(0, broker.Worker.Counters.Missing + broker.Worker.Counters.OutOfOrder + broker.Worker.Counters.Duplicates);
    }

    [Fact]
    public void Without_a_schedule_only_the_messages_in_flight_notice_anything()
    {
        var latency = Stall(Plan).Worker.Counters.Latency;

        Assert.True(latency.Count > 10_000);
        Assert.InRange(latency.CountBetween(100 * Ms, long.MaxValue), 1, Plan.Window);
    }

    [Fact]
    public void An_interval_keeps_the_pace_but_counts_from_the_sending()
    {
        var broker = Stall(Plan with { RatePerPublisher = 1_000 });

        Assert.InRange(broker.Worker.Counters.Sent, 2_499, 2_501);
        Assert.InRange(broker.Worker.Counters.Latency.CountBetween(100 * Ms, long.MaxValue), 1, Plan.Window);
    }

    [Fact]
    public void At_QoS_0_credit_holds_a_publisher_back_until_its_messages_have_arrived()
    {
        var broker = VirtualBroker.Connected(Plan with { QoS = QoS.AtMostOnce, Credit = 50 });
        broker.StallFromNs = broker.NowNs;
        broker.StallToNs = broker.NowNs + (StallMs * Ms);

        broker.RunFor(RunPhase.Publish, 100 * Ms);

        Assert.Equal(50, broker.Worker.Counters.Sent);
    }

    [Fact]
    public void A_publisher_whose_messages_are_lost_goes_on_after_a_second()
    {
        var broker = VirtualBroker.Connected(Plan with { QoS = QoS.AtMostOnce, Credit = 50 });
        broker.StallFromNs = broker.NowNs;
        broker.StallToNs = broker.NowNs + (60_000 * Ms);

        broker.RunFor(RunPhase.Publish, 1_500 * Ms);

        Assert.Equal(1, broker.Worker.Counters.Stalls);
        Assert.Equal(100, broker.Worker.Counters.Sent);
    }

    [Fact]
    public void Who_only_listens_pings_twice_in_its_keep_alive_time()
    {
        var broker = VirtualBroker.Connected(Plan with { KeepAliveSeconds = 10, Subscribers = 4, OpenLoopRate = 1 });

        broker.RunFor(RunPhase.Rest, 4_990 * Ms);

        Assert.Equal(4, broker.Worker.Counters.Pings);      // the fifth client is due at 5 s
    }

    /// <summary>A second of load, the stall, a second of load, and time to drain.</summary>
    private static VirtualBroker Stall(BenchPlan plan)
    {
        var broker = VirtualBroker.Connected(plan);
        broker.Run.MeasureFromNs = 0;
        broker.StallFromNs = broker.NowNs + (1_000 * Ms);
        broker.StallToNs = broker.StallFromNs + (StallMs * Ms);
        broker.RunFor(RunPhase.Publish, 2_500 * Ms);
        broker.RunFor(RunPhase.Rest, 100 * Ms);
        return broker;
    }
}
