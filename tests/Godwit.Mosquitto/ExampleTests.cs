using Godwit.Mosquitto.Running;
using Godwit.Mosquitto.Scenarios;
using Godwit.Testing.Running;

namespace Godwit.Mosquitto;

/// <summary>
/// Each example is started unchanged by Debian's mosquitto and by our broker, and the same clients see the same: Debian's
/// mosquitto_pub and mosquitto_sub, what they are granted, what they receive, how they end and what they say.
/// </summary>
public sealed class ExampleTests
{
    // The other half runs beside it: most of the time the clients wait.
    public static TheoryData<string> Names => [.. Example.Names.Where((_, index) => index % 2 == 0)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task The_same_clients_see_the_same(string example) => CompareAsync(example);

    [Fact]
    public void There_are_at_least_fifteen_examples_and_each_has_clients()
    {
        Assert.True(Example.Names.Count() >= 15);
        Assert.Equal(Example.Names, Scenario.Names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_difference_is_justified() =>
        Assert.All(Differences.All, row => Assert.True(row.Why.Length > 20 && Example.Names.Contains(row.Example, StringComparer.Ordinal), row.ToString()));

    /// <summary>Runs the clients of an example against both brokers, and holds what they see against the table of differences.</summary>
    internal static async Task CompareAsync(string example)
    {
        Programs.Require("mosquitto", "mosquitto");
        Programs.Require("mosquitto_sub", "mosquitto-clients");
        var both = await Task.WhenAll(Scenario.RunAsync(example, BrokerKind.Mosquitto), Scenario.RunAsync(example, BrokerKind.Godwit));

        Assert.Equal(
            Differences.Of(example).Select(row => row with { Why = "" }).OrderBy(row => row.Name, StringComparer.Ordinal),
            Differences.Between(example, both[0], both[1]).OrderBy(row => row.Name, StringComparer.Ordinal));
    }
}
