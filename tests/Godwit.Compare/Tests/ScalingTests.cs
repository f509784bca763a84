using System.Text.Json;
using System.Xml.Linq;
using Godwit.Compare.Brokers;
using Godwit.Compare.Loads;
using Godwit.Compare.Running;
using Godwit.Compare.Scaling;
using Godwit.Protocol.Topics;
using Godwit.Testing.Brokers;

namespace Godwit.Compare.Tests;

/// <summary>bench/scaling. Its figures are for readers, not for tests.</summary>
public sealed class ScalingTests
{
    [Theory]
    [InlineData(1.5, true, new[] { 2.0, 1.0, 1.5 })]       // the cheapest before the last counts, not the first
    [InlineData(1.51, false, new[] { 1.0, 1.0, 1.51 })]
    [InlineData(0.5, true, new[] { 1.0, 9.0, 0.5 })]
    [InlineData(null, false, new[] { 1.0, 0.0, 1.0 })]     // 0 stands for a point without a figure
    public void Growth_is_the_last_cost_divided_by_the_cheapest_before_it(double? growth, bool isKept, double[] costs)
    {
        var result = Result(growthMax: 1.5, costs);

        Assert.Equal((growth, isKept), (result.Growth, result.IsKept));
    }

    [Fact]
    public void A_fault_is_not_kept_and_stands_in_the_table()
    {
        var report = new ScalingReport([("date", "today")], [Result(growthMax: 2, 1, 1)], ["topics, 10: 3 lost"]);

        Assert.False(report.IsKept);
        Assert.True((report with { Faults = [] }).IsKept);
        Assert.Contains("* went wrong: topics, 10: 3 lost", ScalingText.Summary(report), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_has_a_table_and_a_plot_of_each_axis()
    {
        var axis = Axes.All[0];
        var report = new ScalingReport([("date", "today")], [.. Axes.All.SelectMany(one => one.Figures, (one, figure) => Measured(one, figure))], []);

        var page = ScalingText.Page(report, "scaling");
        var plot = XDocument.Parse(ScalingCommand.Plot(axis, [report.Results[0]]));

        Assert.All(Axes.All.Where(one => one.HasPlot), one => Assert.Contains($"](scaling/{one.Id}.svg)", page, StringComparison.Ordinal));
        Assert.Contains("| 19,000 | 7.00 |", page, StringComparison.Ordinal);
        Assert.Contains("| a | 7.00 | 7.00 | 7.00 |", page, StringComparison.Ordinal);
        Assert.Equal(axis.Points.Count, plot.Descendants().Count(element => element.Name.LocalName == "circle"));
        Assert.Single(plot.Descendants(), element => element.Name.LocalName == "polyline");
    }

    [Fact]
    public void Subscriptions_beside_the_way_match_nothing_that_is_published()
    {
        var filters = Enumerable.Range(0, 1_000).Select(OtherSubscriptions.Filter).Distinct(StringComparer.Ordinal).ToList();

        Assert.Equal(1_000, filters.Count);
        Assert.DoesNotContain(filters, filter => Enumerable.Range(0, 100).Any(topic => TopicFilter.Matches(Bytes(filter), Bytes($"bench/{topic}"))));
        Assert.Contains(filters, filter => filter.StartsWith("+/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_small_axis_is_measured_with_other_subscriptions_and_judged()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "CPU time of another process is read on Linux only");
        var tools = new Tools(GodwitProgram.Require(), Mosquitto: "", Relay: null);
        AxisPoint[] points = [.. new[] { 10, 2_000 }.Select(others => new AxisPoint(others, new Load { Mode = LoadMode.PubSub, Topics = 10 }) { OtherSubscriptions = others, IsQuick = true })];
        var axis = new Axis("small", "1:1", "other subscriptions", "Flat.", points, [new AxisFigure("CPU µs/message", "cpu.cpu_us_per_msg", GrowthMax: 1e9)]);
        using var progress = new StringWriter();

        var report = await ScalingCommand.MeasureAsync(
            ScalingOptions.Read(["--quick", "--seconds", "0.2"], out _)! with { Axes = [axis], WarmUpSeconds = 0.1 }, tools, progress, TestContext.Current.CancellationToken);

        Assert.Empty(report.Faults);
        Assert.True(report.IsKept);
        Assert.All(Assert.Single(report.Results).Points, point => Assert.Single(point.Values));
        Assert.Equal(2, progress.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        using var json = JsonDocument.Parse(ScalingJson.Write(report));
        Assert.Equal(2_000, json.RootElement.GetProperty("figures")[0].GetProperty("points")[1].GetProperty("x").GetInt32());
    }

    [Theory]
    [InlineData("--axes", "topics,pressure")]
    [InlineData("--axes", "pressure-a,topics", "--quick", "--rounds", "2")]
    public void Axes_are_chosen_by_name_and_the_pressure_together(params string[] arguments)
    {
        var axes = ScalingOptions.Read(arguments, out _)!.Axes;

        Assert.Equal("topics", axes[0].Id);
        Assert.Equal(arguments.Length == 2 ? 6 : 2, axes.Count);
    }

    [Theory]
    [InlineData("--axes", "subs")]
    [InlineData("--rounds", "0")]
    [InlineData("--json")]
    [InlineData("--write", "--quick")]
    [InlineData("--write", "--axes", "topics")]
    public async Task What_is_not_understood_is_refused_with_exit_code_2(params string[] arguments)
    {
        using var errors = new StringWriter();

        Assert.Equal(ExitCodes.Usage, await ScalingCommand.RunAsync(arguments, TextWriter.Null, errors));
        Assert.StartsWith("bench/scaling: ", errors.ToString(), StringComparison.Ordinal);
    }

    private static AxisResult Result(double growthMax, params double[] costs)
    {
        AxisPoint[] points = [.. costs.Select((_, i) => new AxisPoint(i + 1, new Load { Mode = LoadMode.PubSub }))];
        var figure = new AxisFigure("CPU µs/message", "cpu.cpu_us_per_msg", growthMax);
        return new AxisResult(
            new Axis("topics", "1:1", "topics", "Flat.", points, [figure]),
            figure,
            [.. points.Select((point, i) => (point, (IReadOnlyList<double>)(costs[i] > 0 ? [costs[i]] : [])))]);
    }

    private static AxisResult Measured(Axis axis, AxisFigure figure) => new(axis, figure, [.. axis.Points.Select(point => (point, (IReadOnlyList<double>)[7, 8, 6]))]);

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
