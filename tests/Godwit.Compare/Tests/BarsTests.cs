using System.Globalization;
using Godwit.Compare.Brokers;
using Godwit.Compare.Judging;
using Godwit.Compare.Loads;

namespace Godwit.Compare.Tests;

public sealed class BarsTests
{
    private static readonly BrokerKind[] Everybody = [BrokerKind.Mosquitto, BrokerKind.GodwitMemory, BrokerKind.GodwitDurable, BrokerKind.Relay];
    private static readonly Dictionary<BrokerKind, string> NoFaults = [];

    [Theory]
    [InlineData(1.5, Verdict.Reached)]
    [InlineData(1.51, Verdict.Missed)]
    [InlineData(0, Verdict.Reached)]
    public void A_ratio_may_be_as_large_as_the_bar_and_no_larger(double godwit, Verdict verdict)
    {
        var figure = new Figure("CPU", "cpu") { MosquittoRatioMax = 0.5 };

        var bars = Bars.Judge(figure, Medians(mosquitto: 3, memory: godwit, durable: 1), NoFaults, Everybody).ToList();

        Assert.Equal([(BrokerKind.GodwitMemory, verdict), (BrokerKind.GodwitDurable, Verdict.Reached)], bars.Select(bar => (bar.Broker, bar.Verdict)));
        Assert.Equal(godwit / 3, bars[0].Ratio);
    }

    [Fact]
    public void Mosquitto_and_the_relay_judge_each_for_itself()
    {
        var figure = new Figure("CPU", "cpu") { MosquittoRatioMax = 0.5, RelayRatioMax = 3 };

        var bars = Bars.Judge(figure, Medians(mosquitto: 10, memory: 4, durable: 6, relay: 1.5), NoFaults, Everybody);

        Assert.Equal(
            [
                (BrokerKind.GodwitMemory, BrokerKind.Mosquitto, Verdict.Reached),
                (BrokerKind.GodwitMemory, BrokerKind.Relay, Verdict.Reached),
                (BrokerKind.GodwitDurable, BrokerKind.Mosquitto, Verdict.Missed),
                (BrokerKind.GodwitDurable, BrokerKind.Relay, Verdict.Missed),
            ],
            bars.Select(bar => (bar.Broker, bar.Against, bar.Verdict)));
    }

    [Fact]
    public void Without_a_relay_its_bars_are_not_judged()
    {
        var figure = new Figure("CPU", "cpu") { RelayRatioMax = 3 };

        var bars = Bars.Judge(figure, Medians(mosquitto: 10, memory: 4, durable: 4), NoFaults, Everybody[..3]);

        Assert.All(bars, bar => Assert.Equal(Verdict.NotJudged, bar.Verdict));
    }

    [Fact]
    public void A_bar_without_a_figure_is_missed()
    {
        var figure = new Figure("CPU", "cpu") { MosquittoRatioMax = 1 };

        var noGodwit = Bars.Judge(figure, new Dictionary<BrokerKind, double> { [BrokerKind.Mosquitto] = 1 }, NoFaults, Everybody);
        var noMosquitto = Bars.Judge(figure, new Dictionary<BrokerKind, double> { [BrokerKind.GodwitMemory] = 1, [BrokerKind.GodwitDurable] = 1 }, NoFaults, Everybody);

        Assert.All(noGodwit.Concat(noMosquitto), bar => Assert.Equal((Verdict.Missed, (double?)null), (bar.Verdict, bar.Ratio)));
    }

    [Fact]
    public void A_broker_that_loses_messages_reaches_no_bar()
    {
        var figure = new Figure("CPU", "cpu") { MosquittoRatioMax = 1 };
        var faults = new Dictionary<BrokerKind, string> { [BrokerKind.GodwitMemory] = "3 lost", [BrokerKind.Mosquitto] = "9 lost" };

        var bars = Bars.Judge(figure, Medians(mosquitto: 10, memory: 1, durable: 1), faults, Everybody).ToList();

        Assert.Equal([(Verdict.Missed, "3 lost"), (Verdict.Reached, "")], bars.Select(bar => (bar.Verdict, bar.Why)));
    }

    [Theory]
    [InlineData("a", "CPU µs/message", "0.0161", "5")]
    [InlineData("b", "CPU µs/message", "0.0294", "3")]
    [InlineData("c", "CPU µs/message", "0.0174", "3")]
    [InlineData("d", "CPU µs/message", "0.1250", "3")]
    [InlineData("e", "CPU µs/message", "0.0300", "3")]
    [InlineData("f", "CPU µs/message", "none", "3")]
    [InlineData("g", "CPU µs/message", "0.7429", "none")]
    [InlineData("g", "p99 µs", "1.0000", "none")]
    [InlineData("h", "bytes/connection", "0.8885", "none")]
    [InlineData("h", "CPU µs/connect", "0.8824", "none")]
    [InlineData("i", "CPU µs/store", "0.0747", "none")]
    [InlineData("i", "CPU µs/deliver", "0.1527", "none")]
    [InlineData("j", "CPU µs/message", "0.1415", "none")]
    [InlineData("k", "CPU µs/enqueue", "0.0902", "none")]
    [InlineData("k", "CPU µs/drain", "0.1463", "none")]
    public void Every_workload_has_its_bars(string workload, string figure, string mosquitto, string relay)
    {
        var asked = Workloads.All.Single(one => one.Id == workload).Figures.Single(one => one.Name == figure);

        Assert.Equal(mosquitto, asked.MosquittoRatioMax?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "none");
        Assert.Equal(relay, asked.RelayRatioMax?.ToString(CultureInfo.InvariantCulture) ?? "none");
        Assert.Equal(workload == "k", asked.JudgesMemoryOnly);
    }

    [Fact]
    public void There_is_no_other_bar_and_latency_is_to_be_no_worse()
    {
        Assert.Equal("abcdefghijk", string.Concat(Workloads.All.Select(workload => workload.Id)));
        Assert.Equal(15, Workloads.All.Sum(workload => workload.Figures.Count));
        Assert.Equal(["lat_us.p50", "lat_us.p99", "lat_us.p99.9"], Workloads.Latency.Select(figure => figure.Path));
        Assert.All(Workloads.Latency, figure => Assert.Equal(1, figure.MosquittoRatioMax));
    }

    [Fact]
    public void Offline_queues_are_judged_in_memory_mode_only()
    {
        var enqueue = Workloads.All.Single(workload => workload.Id == "k").Figures[0];

        var bars = Bars.Judge(enqueue, Medians(mosquitto: 10, memory: 0.1, durable: 20), NoFaults, Everybody);

        Assert.Equal([(BrokerKind.GodwitMemory, Verdict.Reached)], bars.Select(bar => (bar.Broker, bar.Verdict)));
    }

    [Theory]
    [InlineData(2, 3.0, 1.0, 2.0)]
    [InlineData(1.5, 2.0, 1.0)]
    [InlineData(7, 7.0)]
    [InlineData(3, 100.0, 1.0, 2.0, 4.0)]
    public void The_median_is_in_the_middle(double median, params double[] values) =>
        Assert.Equal(median, Median.Of(values));

    private static Dictionary<BrokerKind, double> Medians(double mosquitto, double memory, double durable, double relay = 1) => new()
    {
        [BrokerKind.Mosquitto] = mosquitto,
        [BrokerKind.GodwitMemory] = memory,
        [BrokerKind.GodwitDurable] = durable,
        [BrokerKind.Relay] = relay,
    };
}
