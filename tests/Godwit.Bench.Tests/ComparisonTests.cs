using Godwit.Bench.Plans;
using Godwit.Bench.Reports;

namespace Godwit.Bench.Tests;

public sealed class ComparisonTests
{
    private const string Before = """{"mode":"pubsub","qos":1,"pubs":1,"tx_rate":1000,"rx_rate":1000,"lat_us":{"p50":50,"p99":200},"ack_us":{"p99":90}}""";

    [Theory]
    [InlineData(1000, 200, false)]
    [InlineData(901, 219, false)]       // within 10 %
    [InlineData(899, 200, true)]        // too slow
    [InlineData(1000, 221, true)]       // takes too long
    [InlineData(5000, 20, false)]       // better
    public void Worse_is_what_exceeds_the_tolerance(double rate, double p99, bool isWorse)
    {
        Assert.Equal(isWorse, Compare(Now(rate, p99)).IsWorse);
    }

    [Fact]
    public void The_tolerance_can_be_chosen()
    {
        Assert.False(Comparison.Of(Baseline.Parse(Before), Baseline.Parse(Now(600, 290)), 0.5).IsWorse);
        Assert.True(Comparison.Of(Baseline.Parse(Before), Baseline.Parse(Now(999, 200)), 0).IsWorse);
    }

    [Fact]
    public void A_run_that_has_nothing_to_show_is_worse()
    {
        Assert.True(Compare("""{"mode":"pubsub","qos":1,"rx_rate":1000}""").IsWorse);
        Assert.True(Compare("""{"mode":"pubsub","qos":1,"lat_us":{"p99":100}}""").IsWorse);
        Assert.True(Comparison.Of(Baseline.Parse("""{"mode":"pubsub"}"""), Baseline.Parse(Before), 0.1).IsWorse);
    }

    [Fact]
    public void The_table_shows_both_the_change_and_what_is_worse()
    {
        var table = Compare(Now(800, 100)).ToTable();

        Assert.Matches(@"rx_rate +1,000\.0 +800\.0 +-20\.0%  WORSE\n", table);
        Assert.Matches(@"lat_us p99 +200\.0 +100\.0 +-50\.0%\n", table);
        Assert.EndsWith("worse than the baseline by more than 10 %", table);
        Assert.DoesNotContain("tx_rate", table);
    }

    [Fact]
    public void A_different_load_is_pointed_out()
    {
        var comparison = Compare("""{"mode":"pubsub","qos":2,"pubs":1,"rx_rate":1000,"lat_us":{"p99":200}}""");

        Assert.Equal(["qos 1 then, 2 now"], comparison.Differences);
        Assert.Contains("not the same load: qos 1 then, 2 now", comparison.ToTable());
    }

    [Theory]
    [InlineData("""{"mode":"conn","connect_rate":5000,"connack_us":{"p99":900},"ping_us":{"p99":100}}""", "connect_rate", "connack_us")]
    [InlineData("""{"mode":"pub","tx_rate":5000,"ack_us":{"p99":900},"connack_us":{"p99":1}}""", "tx_rate", "ack_us")]
    [InlineData("""{"mode":"queue","enqueue_rate":5000,"drain_rate":10,"connack_us":{"p99":1}}""", "enqueue_rate,drain_rate", "")]
    public void Each_shape_is_compared_by_its_own_figures(string json, string rates, string latencies)
    {
        var baseline = Baseline.Parse(json);

        Assert.Equal(rates, string.Join(',', baseline.Rates.Keys));
        Assert.Equal(latencies, string.Join(',', baseline.Latencies.Keys));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("not JSON")]
    public void Anything_else_is_refused(string json) => Assert.Throws<BenchException>(() => Baseline.Parse(json));

    private static Comparison Compare(string now) => Comparison.Of(Baseline.Parse(Before), Baseline.Parse(now), 0.1);

    private static string Now(double rate, double p99) =>
        FormattableString.Invariant($$$"""{"mode":"pubsub","qos":1,"pubs":1,"tx_rate":1,"rx_rate":{{{rate}}},"lat_us":{"p50":50,"p99":{{{p99}}} }}""");
}
