using Godwit.Protocol;

namespace Godwit.Broker.Tests;

/// <summary>Settings by name: every accepted value, every refusal.</summary>
public sealed class BrokerSettingsTests
{
    /// <summary>Name, text, and what the property is afterwards.</summary>
    private static readonly (string Name, string Value, object Expected)[] Good =
    [
        ("OverflowPolicy", "RefuseNewest", OverflowPolicy.RefuseNewest),
        ("OverflowPolicy", "dropoldest", OverflowPolicy.DropOldest),
        ("SharedStrategy", "RoundRobin", SharedStrategy.RoundRobin),
        ("SharedStrategy", "LeastInFlight", SharedStrategy.LeastInFlight),
        ("SharedStrategy", "Sticky", SharedStrategy.Sticky),
        ("SharedStrategy", "TopicHash", SharedStrategy.TopicHash),
        ("QueueQoS0Messages", "true", true),
        ("QueueQoS0Messages", "False", false),
        ("RetainAvailable", "false", false),
        ("RetainAvailable", "true", true),
        ("MaximumQoS", "0", QoS.AtMostOnce),
        ("MaximumQoS", "1", QoS.AtLeastOnce),
        ("MaximumQoS", "2", QoS.ExactlyOnce),
        ("AllowEmptyClientId", "false", false),
        ("AssignedClientIdPrefix", "home/", "home/"),
        ("AssignedClientIdPrefix", "", ""),
        ("KeepAliveFactor", "1", 1.0),
        ("KeepAliveFactor", "2.5", 2.5),
        ("KeepAliveFactor", "100", 100.0),
        ("SessionExpirySeconds3x", "0", 0),
        ("SessionExpirySeconds3x", "3600", 3600),
        ("SessionExpirySecondsMax", "2147483647", int.MaxValue),
        ("RetainedExpirySeconds", "60", 60),
        ("MessageExpirySecondsMax", "1", 1),
        ("RelaxedTopics", "a/, b", new[] { "a/"u8.ToArray(), "b"u8.ToArray() }),
        ("RelaxedTopics", "", Array.Empty<byte[]>()),
        ("SysIntervalSeconds", "0", 0),
        ("SysIntervalSeconds", "86400", 86_400),
    ];

    private static readonly (string Name, string[] Values)[] Bad =
    [
        ("OverflowPolicy", ["", "DropNewest", "0"]),
        ("SharedStrategy", ["Random", "1", "Sticky,RoundRobin"]),
        ("QueueQoS0Messages", ["", "yes", "1"]),
        ("RetainAvailable", ["on"]),
        ("MaximumQoS", ["-1", "3", "two"]),
        ("AllowEmptyClientId", ["no"]),
        ("AssignedClientIdPrefix", ["a+", "#", "a\nb", "\ud800", new string('x', 65)]),
        ("KeepAliveFactor", ["0.99", "100.1", "1,5", "NaN", "1e1", ""]),
        ("SessionExpirySeconds3x", ["-1", "2147483648", "1h"]),
        ("SessionExpirySecondsMax", ["-1", " 1"]),
        ("RetainedExpirySeconds", ["1.5"]),
        ("MessageExpirySecondsMax", ["-1"]),
        ("RelaxedTopics", ["a/+", "b,#"]),
        ("SysIntervalSeconds", ["86401"]),
    ];

    [Fact, Spec("R33", "R39")]
    public void Every_good_value_is_set()
    {
        foreach (var (name, value, expected) in Good)
        {
            var settings = new BrokerSettings();

            Assert.True(settings.TrySet(name.ToUpperInvariant(), value, out var error), error);

            Assert.Equal("", error);
            Assert.Equal(expected, typeof(BrokerSettings).GetProperty(name)!.GetValue(settings));
        }
    }

    [Fact]
    public void Every_bad_value_is_refused_with_the_good_ones_and_changes_nothing()
    {
        foreach (var (name, values) in Bad)
        {
            var settings = new BrokerSettings();
            var property = typeof(BrokerSettings).GetProperty(name)!;
            var before = property.GetValue(settings);

            foreach (var value in values)
            {
                Assert.False(settings.TrySet(name, value, out var error), $"{name}={value}");
                Assert.Equal($"{name} takes {BrokerSettings.All.Single(setting => setting.Name == name).Values}, not '{value}'.", error);
                Assert.Equal(before, property.GetValue(settings));
            }
        }
    }

    /// <summary>Version and Durability are set by the host.</summary>
    [Fact]
    public void Every_setting_has_a_name_and_is_tried_above()
    {
        var properties = typeof(BrokerSettings).GetProperties().Where(property =>
            property.CanWrite && property.Name is not (nameof(BrokerSettings.Version) or nameof(BrokerSettings.Durability)));
        var names = properties.Select(property => property.Name).Order().ToList();

        Assert.Equal(names, BrokerSettings.All.Select(setting => setting.Name).Order());
        Assert.Equal(names, Good.Select(row => row.Name).Distinct().Order());
        Assert.Equal(names, Bad.Select(row => row.Name).Distinct().Order());
    }

    [Theory]
    [InlineData("MaxQoS", "MaximumQoS")]
    [InlineData("sharedstrategie", "SharedStrategy")]
    [InlineData("QueueQos0Message", "QueueQoS0Messages")]
    public void An_unknown_name_is_answered_with_the_nearest(string name, string nearest)
    {
        Assert.False(new BrokerSettings().TrySet(name, "1", out var error));

        Assert.Equal($"{name} is not a setting. Did you mean {nearest}?", error);
    }
}
