using Godwit.Compare.Generators;
using Godwit.Compare.Loads;

namespace Godwit.Compare.Tests;

/// <summary>What generators are told, and what is read of what they print. The reports are real ones, shortened.</summary>
public sealed class GeneratorTests
{
    private const string OfMqload = """
        {"mode":"pubsub","label":"","mqtt":"3.1.1","pubs":1,"subs":1,"qos":1,"tx_rate":63322,"rx_rate":63322,"lost":0,"dups":0,"failed_connects":0,"disconnects":0,"refused":0,"bad_acks":0,"lat_us":{"p50":1581.1,"p90":1695.7,"p99":1794.0,"p99.9":2146.3,"max":2446.6},"cpu":{"broker_cpu_s":0.999,"cpu_us_per_msg":15.745,"rss_kb":8660,"mqload_cpu_s":0.796,"other_cpu_s":0.01}}
        """;

    private const string OfGodwitBench = """
        {"tool":"godwit bench","mode":"pubsub","mqtt":"3.1.1","open_loop":0,"tx_rate":663201,"rx_rate":663201,"lost":0,"dups":0,"failed_connects":0,"disconnects":0,"refused":0,"bad_acks":0,"lat_us":{"count":199000,"p50":88.2,"p90":145.5,"p99":753.9,"p99.9":3257.3,"p99.99":3508.6,"max":3508.6},"cpu":{"broker_cpu_s":0.258,"cpu_us_per_msg":1.298,"bench_cpu_s":0.079,"other_cpu_s":0.27},"samples":[]}
        """;

    private const string OfMqloadConnections = """
        {"mode":"conns","connected":100,"failed":0,"refused":0,"disconnects":0,"rss_per_conn":573,"rss_held_per_conn":574,"open":{"cpu_us_per_msg":28.832,"other_cpu_s":0.01},"hold":{"cpu_us_per_msg":99.242,"other_cpu_s":0.02}}
        """;

    [Theory]
    [InlineData(OfMqload, 63322, 15.745, 1794.0, 2146.3)]
    [InlineData(OfGodwitBench, 663201, 1.298, 753.9, 3257.3)]
    public void Both_reports_are_understood(string output, double rate, double cpu, double p99, double p999)
    {
        var report = GeneratorReport.Read("connecting ...\n" + output + "\n\n")!;

        Assert.Equal(rate, report.SentPerSecond);
        Assert.Equal([cpu, p99, p999], [report.Number("cpu.cpu_us_per_msg"), report.Number("lat_us.p99"), report.Number("lat_us.p99.9")]);
        Assert.Empty(report.Faults);
    }

    [Fact]
    public void The_figures_of_connections_are_found()
    {
        var report = GeneratorReport.Read(OfMqloadConnections)!;

        var figures = Workloads.All.Single(workload => workload.Id == "h").Figures;

        Assert.Equal([574, 28.832], figures.Select(figure => report.Number(figure.Path)));
    }

    [Theory]
    [InlineData("""{"lost":1234,"dups":0}""", "1,234 lost")]
    [InlineData("""{"lost":-1,"dups":2,"disconnects":3}""", "2 duplicated, 3 connections lost")]
    [InlineData("""{"failed":1,"bad_acks":1}""", "1 connections failed, 1 wrong acknowledgements")]
    public void What_must_not_happen_is_told_in_words(string output, string faults) =>
        Assert.Equal(faults, GeneratorReport.Read(output)!.Faults);

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("cannot connect")]
    [InlineData("[1]")]
    public void What_is_no_report_is_none(string output) =>
        Assert.Null(GeneratorReport.Read(output));

    [Theory]
    [InlineData("lat_us")]
    [InlineData("lat_us.p42")]
    [InlineData("mode")]
    [InlineData("mode.p50")]
    [InlineData("nothing.p50")]
    public void What_is_not_in_the_report_is_no_number(string path) =>
        Assert.Null(GeneratorReport.Read(OfMqload)!.Number(path));

    [Theory]
    [InlineData("a", "pubsub --host 127.0.0.1 --port 9 --broker-pid 7 --pubs 1 --subs 1 --topics 1 --payload 16 --qos 0 --window 100 --duration 2.5 --warmup 1")]
    [InlineData("g", "pubsub --host 127.0.0.1 --port 9 --broker-pid 7 --pubs 100 --subs 100 --topics 100 --payload 16 --qos 1 --window 100 --rate 100 --duration 2.5 --warmup 1")]
    [InlineData("h", "conns --host 127.0.0.1 --port 9 --broker-pid 7 --subs 19800 --own-topic --hold 2.5")]
    [InlineData("i", "retained --host 127.0.0.1 --port 9 --broker-pid 7 --pubs 1 --subs 1 --topics 100000 --payload 16 --qos 0 --settle 0.5")]
    [InlineData("j", "wild --host 127.0.0.1 --port 9 --broker-pid 7 --pubs 4 --subs 10000 --topics 10000 --payload 16 --qos 0 --duration 2.5 --warmup 1")]
    [InlineData("k", "queue --host 127.0.0.1 --port 9 --broker-pid 7 --pubs 1 --subs 1 --topics 1 --payload 16 --qos 1 --count 100000 --settle 0.5")]
    public void Mqload_is_told_in_its_words(string workload, string arguments) =>
        Assert.Equal(arguments, string.Join(' ', new Mqload("mqload").Arguments(Timed(workload), port: 9, brokerId: 7)));

    [Theory]
    [InlineData("d", "bench pubsub {0} --fanout 1000:1 --topics 1 -s 16 -q 1 -t bench/%i -F 1 --duration 2500ms --warmup 1000ms")]
    [InlineData("g", "bench pubsub {0} --fanout 100:100 --topics 100 -s 16 -q 1 -t bench/%i -F 100 -I 10 --duration 2500ms --warmup 1000ms")]
    [InlineData("h", "bench conn {0} -c 19800 -t bench/%i --duration 2500ms")]
    [InlineData("i", "bench retained {0} --fanout 1:1 --topics 100000 -s 16 -q 0 --settle 500ms")]
    [InlineData("j", "bench wild {0} --fanout 4:10000 --topics 10000 -s 16 -q 0 --duration 2500ms --warmup 1000ms")]
    [InlineData("k", "bench queue {0} --fanout 1:1 --topics 1 -s 16 -q 1 -L 100000 --settle 500ms")]
    public void Godwit_bench_is_told_in_its_words(string workload, string arguments)
    {
        const string Common = "-h 127.0.0.1 -p 9 -V 311 --broker-pid 7 --json --quiet";

        Assert.Equal(arguments.Replace("{0}", Common, StringComparison.Ordinal), string.Join(' ', new GodwitBench("godwit").Arguments(Timed(workload), port: 9, brokerId: 7)));
    }

    [Fact]
    public void Only_godwit_bench_has_a_schedule()
    {
        var load = Timed("b") with { OpenLoopRate = 1234.5 };

        Assert.Contains("--open-loop 1234 ", string.Join(' ', new GodwitBench("godwit").Arguments(load, port: 9, brokerId: 7)), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Mqload("mqload").Arguments(load, port: 9, brokerId: 7));
    }

    private static Load Timed(string workload) =>
        Workloads.All.Single(one => one.Id == workload).Load with { Seconds = 2.5, WarmUpSeconds = 1, SettleSeconds = 0.5 };
}
