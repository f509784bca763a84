using Godwit.Interop.Clients;
using Godwit.Links.Relay;
using Godwit.Links.Wire;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Links.Tests;

/// <summary>
/// A whole exchange, from CONNECT to the last acknowledgement, is cut once behind each of its bytes, in each direction. The client
/// connects again and goes on as the specification wants it.
/// </summary>
public abstract class CutScenarios(IBrokerUnderTest broker)
{
    private const string Last = "end";

    private static readonly (string Text, int QoS)[] Messages = [("a", 2), ("b", 1), ("c", 2), ("d", 1)];

    /// <summary>Versions and ways to be cut.</summary>
    public static MatrixTheoryData<MqttVersion, LinkFaultKind> Cuts => new(
        [MqttVersion.Mqtt31, MqttVersion.Mqtt311, MqttVersion.Mqtt5], [LinkFaultKind.Close, LinkFaultKind.Reset]);

    [Theory, MemberData(nameof(Cuts)), Spec("R17", "R19", "R32", "R49", "R52", "MQTT-4.3.3-10", "MQTT3-4.3.3-2", "MQTT-4.6.0-5")]
    public async Task What_a_publisher_sends_again_is_delivered_as_its_QoS_promises(MqttVersion version, LinkFaultKind kind)
    {
        var topic = Unique.Name("cut");
        using var watcher = new WireSubscriber(broker.Address, version, Unique.Name("watcher"));
        await watcher.SubscribeAsync(topic);

        await AtEveryByteAsync(kind, async faults =>
        {
            var relay = new BadLinkRelay(broker.Address, faults);
            using var publisher = new WirePublisher(relay.Address, version, Name("publisher"));

            await publisher.PublishAsync(topic, Messages);
            await publisher.PublishAsync(topic, (Last, 2));

            return (relay, await watcher.UntilAsync(Last));
        });
    }

    [Theory, MemberData(nameof(Cuts)), Spec("R17", "R19", "R30", "R32", "R49", "R52", "MQTT-4.4.0-1", "MQTT3-4.4.0-1", "MQTT-4.3.3-6", "MQTT-4.6.0-1")]
    public async Task What_the_broker_sends_again_is_delivered_as_its_QoS_promises(MqttVersion version, LinkFaultKind kind)
    {
        using var publisher = new WirePublisher(broker.Address, version, Unique.Name("publisher"));

        await AtEveryByteAsync(kind, async faults =>
        {
            // The first connection is a good one: it makes the session.
            var relay = new BadLinkRelay(broker.Address, number => number == 0 ? LinkFaults.None : faults(number - 1));
            var topic = Name("cut");
            using var subscriber = new WireSubscriber(relay.Address, version, Name("subscriber"));
            await subscriber.SubscribeAsync(topic);
            await subscriber.LeaveAsync();
            await publisher.PublishAsync(topic, Messages);

            var received = new List<string>();
            while (received.Distinct(StringComparer.Ordinal).Count() < Messages.Length)
            {
                received.Add(await subscriber.NextAsync());
            }

            await publisher.PublishAsync(topic, (Last, 2));
            received.AddRange(await subscriber.UntilAsync(Last));
            received.AddRange(await subscriber.SettleAsync());

            return (relay, received);
        }, firstConnection: 1);
    }

    /// <summary>A name that is as long as those of the other exchanges, so that all have the same bytes in the same places.</summary>
    private static string Name(string prefix) => Unique.Name(prefix).PadRight(20, '-');

    /// <summary>Runs an exchange on a good link, which shows how long it is, and then once for each byte.</summary>
    private static async Task AtEveryByteAsync(
        LinkFaultKind kind, Func<Func<int, LinkFaults>, Task<(BadLinkRelay Relay, IReadOnlyList<string> Received)>> run, int firstConnection = 0)
    {
        foreach (var direction in Enum.GetValues<LinkDirection>())
        {
            var length = await RunAsync(LinkFaults.None);
            Assert.InRange(length, 20, 300);
            for (var position = 0; position < length; position++)
            {
                await RunAsync(new LinkFaults { Fault = new LinkFault(kind, direction, position) });
            }

            async Task<long> RunAsync(LinkFaults first)
            {
                var (relay, received) = await run(number => number == 0 ? first : LinkFaults.None);
                await using (relay)
                {
                    Delivery.AssertKept([.. Messages, (Last, 2)], received, $"{first.Fault}");

                    // The cut was felt. A third connection is possible: the CONNECT of the first may be handled behind that of the
                    // second, and takes it over.
                    Assert.InRange(relay.Connections.Count - firstConnection, first.Fault is null ? 1 : 2, first.Fault is null ? 1 : 3);

                    return relay.Connections[firstConnection].Forwarded(direction);
                }
            }
        }
    }
}
