using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests.Limits;

/// <summary>
/// Every limit at its smallest value, one above it and its largest, while messages are retained, queued, expire and are repeated: the
/// arithmetic holds, and what the limit refuses is refused without harm to the next client.
/// </summary>
public sealed class ExtremeLimitTests
{
    /// <summary>Without that of $SYS, which is published so often that sixty days take long.</summary>
    public static TheoryData<string> Settings => [.. BrokerSettings.All.Select(setting => setting.Name).Where(name => name is not "SysIntervalSeconds")];

    public static TheoryData<string, long> Extremes
    {
        get
        {
            var rows = new TheoryData<string, long>();
            foreach (var limit in BrokerLimits.All)
            {
                foreach (var value in new SortedSet<long> { limit.Minimum, Math.Min(limit.Minimum + 1, limit.Maximum), limit.Maximum })
                {
                    rows.Add(limit.Name, value);
                }
            }

            return rows;
        }
    }

    [Theory, Spec("Hostile-55"), MemberData(nameof(Extremes))]
    public void A_limit_at_its_extremes_breaks_nothing(string name, long value)
    {
        var limit = BrokerLimits.All.Single(candidate => candidate.Name == name);

        BreaksNothing(new BrokerHarness(shards: 2, limits: limits => limit.Set(limits, value)));
    }

    /// <summary>Every setting, not only those that are numbers today: what takes 0, 1 or the largest number gets it.</summary>
    [Theory, Spec("Hostile-55"), MemberData(nameof(Settings))]
    public void A_setting_at_its_extremes_breaks_nothing(string name)
    {
        foreach (var value in (string[])["0", "1", "2", "100", "86400", "2147483647"])
        {
            if (new BrokerSettings().TrySet(name, value, out _))
            {
                BreaksNothing(new BrokerHarness(shards: 2, settings: settings => settings.TrySet(name, value, out _)));
            }
        }
    }

    [Fact, Spec("Hostile-55")]
    public void All_times_at_their_extremes_together_break_nothing()
    {
        string[] times = ["SessionExpirySeconds3x", "SessionExpirySecondsMax", "RetainedExpirySeconds", "MessageExpirySecondsMax"];
        foreach (var value in (string[])["0", "1", "2147483647"])
        {
            BreaksNothing(new BrokerHarness(shards: 2, settings: settings => Assert.All(times, name => Assert.True(settings.TrySet(name, value, out _)))));
        }
    }

    private static void BreaksNothing(BrokerHarness broker)
    {
        for (var round = 0; round < 3; round++)
        {
            Use(broker, ProtocolVersion.Mqtt5, round);
            Use(broker, ProtocolVersion.Mqtt311, round);
            broker.Advance(TimeSpan.FromSeconds(2));
        }

        broker.Advance(TimeSpan.FromDays(60));
        Assert.InRange(broker.Core.RetainedCount, 0, 1);
    }

    /// <summary>Each client may be refused at any step; it then goes, and the next one tries.</summary>
    private static void Use(BrokerHarness broker, ProtocolVersion version, int round)
    {
        var subscriber = Open(broker, $"s{version}", version);
        Try(subscriber, () => subscriber.SendSubscribe([("t/#", 2), ("+/a", 1)]));
        subscriber.DropConnection();
        foreach (var retain in (bool[])[true, false])
        {
            for (var qos = QoS.AtMostOnce; qos <= QoS.ExactlyOnce; qos++)
            {
                var publisher = Open(broker, $"p{version}{qos}{retain}", version);
                var properties = version == ProtocolVersion.Mqtt5 ? new TestProperties().Add(PropertyId.MessageExpiryInterval, (uint)round) : null;
                Try(publisher, () => publisher.Publish("t/a", "message", qos, retain, properties: properties));
                publisher.DropConnection();
            }
        }

        var reader = Open(broker, $"s{version}", version);
        reader.ReceivesAll();
        reader.DropConnection();
    }

    private static TestClient Open(BrokerHarness broker, string clientId, ProtocolVersion version)
    {
        var client = broker.Open();
        client.Connect(
            clientId, version, cleanStart: false, keepAlive: 0, will: null,
            version == ProtocolVersion.Mqtt5 ? TestProperties.Expiry(100) : null, userName: null);
        return client;
    }

    private static void Try(TestClient client, Action action)
    {
        client.ReceivesAll();
        if (!client.IsClosed)
        {
            action();
        }
    }
}
