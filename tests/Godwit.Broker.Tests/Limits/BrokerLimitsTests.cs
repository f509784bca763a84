using System.Globalization;

namespace Godwit.Broker.Tests.Limits;

/// <summary>The list of limits: names, ranges, defaults, docs/limits.md, and <c>--set Limits:Name=Value</c>.</summary>
public sealed class BrokerLimitsTests
{
    public static TheoryData<string> Names => [.. BrokerLimits.All.Select(limit => limit.Name)];

    [Fact]
    public void The_list_and_the_properties_are_the_same() =>
        Assert.Equal(
            typeof(BrokerLimits).GetProperties().Where(property => property.CanWrite).Select(property => property.Name).Order(),
            BrokerLimits.All.Select(limit => limit.Name).Order());

    [Fact]
    public void The_page_and_the_list_are_the_same()
    {
        var rows = File.ReadLines(PageFile()).Where(line => line.StartsWith("| `"));

        Assert.Equal(BrokerLimits.All.Select(limit => $"| `{limit.Name}` | {limit.Unit} | {limit.Default} | {limit.Behaviour} |"), rows);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_limit_has_its_default_and_every_value_of_its_range(string name)
    {
        var limit = Find(name);
        var limits = new BrokerLimits();

        Assert.Equal(limit.Default, limit.Get(limits));
        Assert.InRange(limit.Default, limit.Minimum, limit.Maximum);
        foreach (var value in new[] { limit.Minimum, limit.Minimum + 1, limit.Maximum })
        {
            Assert.True(limits.TrySet(name, Text(value), out var error), error);
            Assert.Equal("", error);
            Assert.Equal(value, limit.Get(limits));
            Assert.Equal(value, Convert.ToInt64(typeof(BrokerLimits).GetProperty(name)!.GetValue(limits), CultureInfo.InvariantCulture));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_value_outside_the_range_is_refused_with_the_range(string name)
    {
        var limit = Find(name);
        var limits = new BrokerLimits();
        string[] wrong = [Text(limit.Minimum - 1), Text((decimal)limit.Maximum + 1), "", "many", "1.5", "0x10", "99999999999999999999"];

        foreach (var value in wrong)
        {
            Assert.False(limits.TrySet(name, value, out var error));
            Assert.Equal($"Limits:{name} takes a whole number of {limit.Unit} from {limit.Minimum} to {limit.Maximum}, not '{value}'.", error);
            Assert.Equal(limit.Default, limit.Get(limits));
        }
    }

    [Theory]
    [InlineData("TopicBytes", "TopicBytesMax")]
    [InlineData("queuebytes", "QueueBytesMax")]
    [InlineData("ReceiveMax", "ReceiveMaximum")]
    [InlineData("MaxConnections", "ConnectionsMax")]
    public void An_unknown_name_is_answered_with_the_nearest(string name, string nearest)
    {
        Assert.False(new BrokerLimits().TrySet(name, "1", out var error));

        Assert.Equal($"Limits:{name} is not a limit. Did you mean Limits:{nearest}?", error);
    }

    [Theory]
    [InlineData("topicbytesmax", "1000", 1000)]
    [InlineData("TOPICBYTESMAX", "1_000", 1000)]
    public void Case_does_not_matter_and_digits_may_be_separated(string name, string value, int expected)
    {
        var limits = new BrokerLimits();

        Assert.True(limits.TrySet(name, value, out _));

        Assert.Equal(expected, limits.TopicBytesMax);
    }

    private static LimitInfo Find(string name) => BrokerLimits.All.Single(limit => limit.Name == name);

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    private static string PageFile()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Godwit.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "docs", "limits.md");
    }
}
