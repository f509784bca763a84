using System.Text.RegularExpressions;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Broker.Tests;

/// <summary>The <c>$SYS</c> tree: Mosquitto's names, EMQX's old names, their values, and what exporters need.</summary>
public sealed class SysTopicsTests
{
    private static readonly string[] Names =
    [
        "version",
        "uptime",
        "durability",
        "clients/{total,maximum,connected,disconnected,expired,active,inactive}",
        "messages/{received,sent,stored}",
        "store/messages/{count,bytes}",
        "subscriptions/count",
        "shared_subscriptions/count",
        "retained messages/count",
        "bytes/{received,sent}",
        "publish/bytes/{received,sent}",
        "publish/messages/{received,sent,dropped}",
        "heap/{current,maximum}",
        "load/messages/{received,sent}/{1min,5min,15min}",
        "load/publish/{received,sent,dropped}/{1min,5min,15min}",
        "load/bytes/{received,sent}/{1min,5min,15min}",
        "load/{sockets,connections}/{1min,5min,15min}",
        "metrics/bytes/{received,sent}",
        "metrics/packets/{received,sent,connect,connack,subscribe,suback,unsubscribe,unsuback,pingreq,pingresp,disconnect}",
        "metrics/packets/{publish,puback,pubrec,pubrel,pubcomp}/{received,sent}",
        "metrics/messages/{received,sent,dropped,retained}",
        "metrics/messages/{qos0,qos1,qos2}/{received,sent}",
        "dropped/not_connected/qos0",                   // our own: why it was dropped
    ];

    [Fact, Spec("R48")]
    public void Every_name_of_Mosquitto_and_of_old_EMQX_is_there_and_no_other()
    {
        var broker = AfterTraffic(shards: 1);

        Assert.Equal(Names.SelectMany(SysReader.Expand).Order(StringComparer.Ordinal), SysReader.Read(broker).Keys);
    }

    [Theory, Spec("R48")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Known_traffic_gives_known_values(int shards)
    {
        var values = SysReader.Read(AfterTraffic(shards));

        Is(values, "clients", ("total", 2), ("maximum", 1), ("connected", 1), ("disconnected", 1), ("expired", 0), ("active", 1), ("inactive", 1));
        Is(values, "messages", ("received", 13), ("sent", 12), ("stored", 2));
        Is(values, "store/messages", ("count", 2), ("bytes", (1 + 7 + 64) + (1 + 3 + 64)));
        Is(values, "subscriptions", ("count", 3));
        Is(values, "shared_subscriptions", ("count", 1));
        Is(values, "retained messages", ("count", 1));
        Is(values, "bytes", ("received", 119), ("sent", 65));
        Is(values, "publish/bytes", ("received", 15), ("sent", 12));
        Is(values, "publish/messages", ("received", 3), ("sent", 2), ("dropped", 1));
        Assert.Equal("10 seconds", values["uptime"]);
        Assert.Equal("godwit version 0.1.0", values["version"]);
    }

    [Theory, Spec("R48")]
    [InlineData(1)]
    [InlineData(3)]
    public void The_metrics_of_old_EMQX_have_the_same_values(int shards)
    {
        var values = SysReader.Read(AfterTraffic(shards));

        Is(values, "metrics/bytes", ("received", 119), ("sent", 65));
        Is(
            values,
            "metrics/packets",
            ("received", 13), ("sent", 12), ("connect", 2), ("connack", 2), ("subscribe", 3), ("suback", 3), ("unsubscribe", 1),
            ("unsuback", 1), ("pingreq", 1), ("pingresp", 1), ("disconnect", 1), ("publish/received", 3), ("publish/sent", 2),
            ("puback/received", 1), ("puback/sent", 1), ("pubrec/received", 0), ("pubrec/sent", 1), ("pubrel/received", 1),
            ("pubrel/sent", 0), ("pubcomp/received", 0), ("pubcomp/sent", 1));
        Is(
            values,
            "metrics/messages",
            ("received", 3), ("sent", 2), ("dropped", 1), ("retained", 1), ("qos0/received", 1), ("qos0/sent", 1), ("qos1/received", 1),
            ("qos1/sent", 1), ("qos2/received", 1), ("qos2/sent", 0));
    }

    [Fact, Spec("R48")]
    public void Load_averages_are_per_minute_with_two_decimals()
    {
        var broker = AfterTraffic(shards: 2);
        var values = SysReader.Read(broker);

        // 13 packets in 10 seconds are 78 a minute; of that 1 - e^(-10/60), 1 - e^(-10/300), 1 - e^(-10/900).
        Assert.Equal(["11.97", "2.56", "0.86"], Windows(values, "load/messages/received"));
        Assert.Equal(["11.05", "2.36", "0.80"], Windows(values, "load/messages/sent"));
        Assert.Equal(["2.76", "0.59", "0.20"], Windows(values, "load/publish/received"));
        Assert.Equal(["1.84", "0.39", "0.13"], Windows(values, "load/publish/sent"));
        Assert.Equal(["0.92", "0.20", "0.07"], Windows(values, "load/publish/dropped"));
        Assert.Equal(["109.61", "23.41", "7.89"], Windows(values, "load/bytes/received"));
        Assert.Equal(["59.87", "12.79", "4.31"], Windows(values, "load/bytes/sent"));
        Assert.Equal(["1.84", "0.39", "0.13"], Windows(values, "load/sockets"));
        Assert.Equal(["1.84", "0.39", "0.13"], Windows(values, "load/connections"));

        // Nobody publishes from now on: what there was fades.
        broker.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(["0.37", "0.40", "0.17"], Windows(SysReader.Read(broker), "load/publish/received"));
    }

    [Fact, Spec("R48")]
    public void A_name_is_safe_for_an_exporter_and_every_number_is_bare()
    {
        var values = SysReader.Read(AfterTraffic(shards: 1));

        Assert.All(values.Keys, name => Assert.Matches("^[A-Za-z0-9_ ./-]+$", name));
        var metrics = values.Keys.Select(name => Regex.Replace("broker/" + name, "[/ .-]", "_", RegexOptions.None, TimeSpan.FromSeconds(1))).ToList();
        Assert.Equal(metrics.Count, metrics.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(metrics, metric => Assert.Matches("^[a-zA-Z_:][a-zA-Z0-9_:]*$", metric));
        foreach (var (name, text) in values.Where(pair => pair.Key is not ("version" or "uptime" or "durability")))
        {
            Assert.Matches(name.StartsWith("load/", StringComparison.Ordinal) ? @"^[0-9]+\.[0-9]{2}$" : "^[0-9]+$", text);
        }
    }

    /// <summary>Two 3.1.1 clients, one of them away, one stored message, one retained, one dropped; then the first interval ends.</summary>
    private static BrokerHarness AfterTraffic(int shards)
    {
        var broker = new BrokerHarness(shards, settings: settings => settings.SysIntervalSeconds = 10);
        broker.Run();
        var a = broker.Connect("a", ProtocolVersion.Mqtt311);                                   // 15 bytes in, 4 out
        a.Subscribe("t", QoS.AtLeastOnce);                                                      // 8, 5
        a.Subscribe("$share/g/s");                                                              // 17, 5
        var away = broker.Persistent("b", ProtocolVersion.Mqtt311);                             // 15, 4
        away.Subscribe("t", QoS.AtLeastOnce);                                                   // 8, 5
        away.Disconnect();                                                                      // 2
        a.Publish("t", "12345");                                                                // 10, 10; dropped for the one who is away
        a.ReceivesPublish();
        a.PublishAcknowledged("r", "xyz", QoS.ExactlyOnce, retain: true);                       // 10, 4; 4, 4
        a.Send(default(PingreqPacket));                                                         // 2, 2
        a.Receives(PacketType.Pingresp);
        a.Unsubscribe("none");                                                                  // 10, 4
        a.Publish("t", "1234567", QoS.AtLeastOnce);                                             // 14, 4 and 14; stored for the one who is away
        a.Puback(a.ReceivesAllPublishes()[0].PacketId);                                         // 4
        broker.Advance(TimeSpan.FromSeconds(10));
        return broker;
    }

    private static void Is(SortedDictionary<string, string> values, string folder, params (string Name, int Value)[] expected)
    {
        foreach (var (name, value) in expected)
        {
            Assert.Equal((name, $"{value}"), (name, values[$"{folder}/{name}"]));
        }
    }

    private static string[] Windows(SortedDictionary<string, string> values, string name) =>
        [values[$"{name}/1min"], values[$"{name}/5min"], values[$"{name}/15min"]];
}
