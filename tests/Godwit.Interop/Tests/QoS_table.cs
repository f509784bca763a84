using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>The QoS of publisher and subscriber and what becomes of them, row by row, with Mosquitto's tools.</summary>
public sealed class QoS_table(BrokerUnderTest broker, MosquittoTools client) : Scenario<MosquittoTools>(broker, client)
{
    private static readonly (int Published, int Subscribed, int Delivered)[] NineRows =
    [
        (0, 0, 0), (0, 1, 0), (0, 2, 0),
        (1, 0, 0), (1, 1, 1), (1, 2, 1),
        (2, 0, 0), (2, 1, 1), (2, 2, 2),
    ];

    public static IEnumerable<TheoryDataRow<MqttVersion, int, int, int>> Rows =>
        from version in MosquittoTools.Versions
        from row in NineRows
        select new TheoryDataRow<MqttVersion, int, int, int>(version, row.Published, row.Subscribed, row.Delivered);

    [Theory, MemberData(nameof(Rows)), Spec("R21", "MQTT-3.8.4-8")]
    public async Task Delivered_QoS_is_the_lower_of_the_two(MqttVersion version, int published, int subscribed, int delivered)
    {
        var topic = Unique.Name("table");
        await using var receiver = await SubscribeAsync(Request(version, topic) with { QoS = subscribed });

        await OtherPublishesAsync(version, topic, "row", published);

        var message = await receiver.NextAsync();
        Assert.Equal(("row", delivered), (message.Text, message.QoS));
    }

    [Fact, Spec("R22")]
    public async Task QoS_is_agreed_between_each_client_and_the_server_not_end_to_end()
    {
        var topic = Unique.Name("hop");
        await using var receiver = await SubscribeAsync(Request(MqttVersion.Mqtt311, topic) with { QoS = 0 });
        string[] line = ["-h", Broker.Host, "-p", Broker.PortText, "-t", topic, "-m", "hello", "-q", "2", "-d"];
        await using var publisher = ProgramRun.Start(Programs.Require("mosquitto_pub", "mosquitto-clients"), line);

        Assert.Equal(0, await publisher.EndAsync());

        // The publisher has the whole QoS 2 handshake with the server, the subscriber gets the same message at QoS 0.
        Assert.Contains(publisher.Output.Lines, line => line.Contains("received PUBCOMP", StringComparison.Ordinal));
        Assert.Equal(0, (await receiver.NextAsync()).QoS);
    }
}
