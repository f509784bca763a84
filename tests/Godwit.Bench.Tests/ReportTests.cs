using System.Text.Json;
using System.Text.RegularExpressions;
using Godwit.Bench.Measurement;
using Godwit.Bench.Plans;
using Godwit.Bench.Reports;
using Godwit.Bench.Runs;
using Godwit.Protocol;

namespace Godwit.Bench.Tests;

/// <summary>What a made-up result looks like in each form.</summary>
public sealed class ReportTests
{
    private const string Nasty = "</pre><script>alert('x')</script> & \"q\"";

    /// <summary>Programs read this: a field may be added behind the others, and none may change or go.</summary>
    private const string Golden = """
        {"tool":"godwit bench","mode":"pubsub","label":"run 1","mqtt":"3.1.1","threads":2,"pubs":3,"subs":4,"topics":5,"qos":1,"payload":64,
        "window":50,"e2e":0,"rate":0,"open_loop":2000,"seconds":1.5,"fanout":1.33,"interrupted":false,"tx_rate":1000,"rx_rate":1333,
        "sent":1500,"acked":1500,"received":2001,"expected":2005,"lost":5,"dups":1,"late":2,"dup_flags":3,"foreign":4,"failed_connects":6,
        "disconnects":7,"refused":8,"bad_acks":9,"stalls":10,"pings":11,"pongs":12,"reads":13,"writes":14,
        "lat_us":{"count":3,"p50":200.0,"p90":3000.4,"p99":3000.4,"p99.9":3000.4,"p99.99":3000.4,"max":3000.4},
        "ack_us":{"count":1,"p50":1.5,"p90":1.5,"p99":1.5,"p99.9":1.5,"p99.99":1.5,"max":1.5},
        "cpu":{"broker_cpu_s":2.5,"broker_user_s":1.5,"broker_sys_s":1,"cpu_us_per_msg":1250,"rss_kb":4000,"peak_rss_kb":5000,
        "rss_before_kb":1000,"threads":9,"bench_cpu_s":0.5,"other_cpu_s":0.25},
        "samples":[{"s":1,"tx_rate":900,"rx_rate":1200,"ack_rate":890,"p50_us":200,"p99_us":3000,"max_us":3001}],
        "first_error":"</pre><script>alert('x')</script> & \"q\""}
        """;

    [Fact]
    public void The_JSON_of_a_run_is_stable()
    {
        var expected = JsonSerializer.Serialize(JsonDocument.Parse(Golden).RootElement);
        var written = JsonReport.Write(Result());

        Assert.Equal(expected, JsonSerializer.Serialize(JsonDocument.Parse(written).RootElement));
        Assert.DoesNotContain('\n', written);
    }

    [Fact]
    public void The_figures_of_a_shape_stand_among_the_rates()
    {
        var result = Result() with { Figures = [new Figure("store_s", 1.23456, 3), new Figure("store_rate", 999.6, 0)], SentRate = null };

        Assert.Contains("\"rx_rate\":1333,\"store_s\":1.235,\"store_rate\":1000,\"sent\":1500", JsonReport.Write(result));
    }

    [Fact]
    public void The_page_escapes_everything_and_loads_nothing()
    {
        var html = HtmlReport.Write(Result() with { Plan = Result().Plan with { Label = Nasty } });

        Assert.DoesNotContain("<script", html);
        Assert.Equal(1, Regex.Count(html, "</pre><details|</pre>\n<details"));
        Assert.DoesNotMatch("(?i)(src|href|url\\()", html.Replace("default-src", "").Replace("style-src", ""));
        Assert.Contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot;", html);
        Assert.Equal(3, Regex.Count(html, "<svg "));
        Assert.Equal(Regex.Count(html, "<svg "), Regex.Count(html, "</svg>"));
        Assert.DoesNotContain("NaN", html);
        Assert.DoesNotContain("∞", html);
    }

    [Fact]
    public void A_page_without_any_sample_is_still_a_page()
    {
        var html = HtmlReport.Write(new BenchResult { Plan = new BenchPlan { Shape = BenchShape.Conn, Publishers = 0 }, Totals = new BenchTotals() });

        Assert.StartsWith("<!doctype html>", html);
        Assert.EndsWith("</html>\n", html);
        Assert.DoesNotContain("<svg", html);
    }

    [Fact]
    public void A_title_in_a_plot_is_escaped()
    {
        Assert.DoesNotContain("<b>", SvgPlot.Bars("<b>", [("<b>", 5), ("x", 0)]));
        Assert.DoesNotContain("<b>", SvgPlot.Lines("<b>", [1, 2], [("<b>", [3, 4])], _ => "<b>", isLogarithmic: true));
    }

    [Fact]
    public void The_table_tells_counts_losses_latencies_and_shows_the_histogram()
    {
        var text = TextReport.Write(Result());

        Assert.Contains("pubsub  3 pub → 4 sub, 5 topics, QoS 1, 64 B, 2.00k/s on schedule, MQTT 3.1.1  [run 1]", text);
        Assert.Contains("sent               1,500         1,000/s   acknowledged 1,500", text);
        Assert.Contains("received           2,001         1,333/s   expected 2,005", text);
        Assert.Contains("lost 5   duplicated 1   out of order 2   foreign 4", text);
        Assert.Contains("6 failed to connect, 7 lost their connection, 8 refused, 9 bad acknowledgements", text);
        Assert.Matches(@"to subscriber +3 +200 us +3\.00 ms", text);
        Assert.Matches(@">= 200 us +█+ +1 +33\.33 %", text);
        Assert.Matches(@">= 500 us +0 +0\.00 %", text);
        Assert.Contains("The first error: ", text);
    }

    [Theory]
    [InlineData(0, "0.00 ns")]
    [InlineData(312_000, "312 us")]
    [InlineData(1_904_000, "1.90 ms")]
    [InlineData(99_960_000, "100 ms")]
    [InlineData(21_000_000_000, "21.0 s")]
    public void A_time_has_three_digits_and_a_unit(long ns, string text) => Assert.Equal(text, Units.Time(ns));

    private static BenchResult Result()
    {
        var latency = new LatencyHistogram();
        latency.Record(100_000);
        latency.Record(200_000);
        latency.Record(3_000_400);
        var acknowledgement = new LatencyHistogram();
        acknowledgement.Record(1_500);
        return new BenchResult
        {
            Plan = new BenchPlan
            {
                Shape = BenchShape.PubSub, Label = "run 1", Version = ProtocolVersion.Mqtt311, Threads = 2, Publishers = 3, Subscribers = 4, Topics = 5,
                QoS = QoS.AtLeastOnce, PayloadSize = 64, Window = 50, OpenLoopRate = 2_000, BrokerPid = 1,
            },
            Totals = new BenchTotals
            {
                Sent = 1_500, Acknowledged = 1_500, Received = 2_001, Expected = 2_005, Missing = 1, Duplicates = 1, OutOfOrder = 2, DupFlags = 3, Foreign = 4,
                FailedConnects = 6, Disconnects = 7, Refused = 8, BadAcknowledgements = 9, Stalls = 10, Pings = 11, Pongs = 12, Reads = 13, Writes = 14,
            },
            Seconds = 1.5,
            SentRate = 1_000,
            ReceivedRate = 1_333.4,
            MeanFanout = 4.0 / 3,
            Latency = latency,
            Acknowledgement = acknowledgement,
            Usage =
            [
                new UsageSection("cpu", new ResourceUsage(1, 1, 0, 1_000, 1_000, 8, 2, 10, 0), new ResourceUsage(3.5, 2.5, 1, 4_000, 5_000, 9, 2.5, 13.25, 0), 2_000),
            ],
            Samples = [new BenchSample(1, 900, 1_200, 890, 200_000, 3_000_000, 3_001_000)],
            FirstError = Nasty,
        };
    }
}
