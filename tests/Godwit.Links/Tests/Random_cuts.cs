using System.Globalization;
using Godwit.Interop.Clients;
using Godwit.Links.Relay;
using Godwit.Links.Wire;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Links.Tests;

/// <summary>Publisher and subscriber each behind a relay that cuts connection after connection, at random bytes.</summary>
public sealed class Random_cuts(BrokerUnderTest epoll, KestrelBroker kestrel)
{
    /// <summary>Versions, seeds and transports.</summary>
    public static MatrixTheoryData<MqttVersion, int, bool> Runs => new([MqttVersion.Mqtt311, MqttVersion.Mqtt5], [1, 2, 3], [false, true]);

    [Theory, MemberData(nameof(Runs)), Spec("R17", "R19", "R30", "R32", "R49", "R52", "MQTT-4.4.0-1", "MQTT3-4.4.0-1")]
    public async Task Two_hundred_messages_keep_the_promises_of_their_QoS(MqttVersion version, int seed, bool isKestrel)
    {
        var broker = isKestrel ? kestrel.Address : epoll.Address;
        await using var toPublisher = new BadLinkRelay(broker, number => Faults(seed, number));
        await using var toSubscriber = new BadLinkRelay(broker, number => number == 0 ? LinkFaults.None : Faults(-seed, number));
        using var subscriber = new WireSubscriber(toSubscriber.Address, version, Unique.Name("subscriber"));
        using var publisher = new WirePublisher(toPublisher.Address, version, Unique.Name("publisher"));
        var topic = Unique.Name("cuts");
        await subscriber.SubscribeAsync(topic);
        await subscriber.LeaveAsync();
        (string Text, int QoS)[] messages = [.. Enumerable.Range(0, 200).Select(number => (number.ToString(CultureInfo.InvariantCulture), 1 + (number % 2)))];

        var receiving = subscriber.UntilAsync("end");
        foreach (var some in messages.Chunk(10))
        {
            await publisher.PublishAsync(topic, some);
        }

        await publisher.PublishAsync(topic, ("end", 2));
        var received = await receiving;

        Delivery.AssertKept([.. messages, ("end", 2)], received, $"seed {seed}");
        Assert.True(publisher.Connections > 5 && subscriber.Connections > 5, $"{publisher.Connections} and {subscriber.Connections} connections");
    }

    /// <summary>Of a connection between 1 and 400 bytes pass: from less than its CONNECT to more than ten messages.</summary>
    private static LinkFaults Faults(int seed, int connection)
    {
        var random = new Random((seed * 1_000) + connection);
        var kind = random.Next(2) == 0 ? LinkFaultKind.Close : LinkFaultKind.Reset;

        return new LinkFaults
        {
            Delay = TimeSpan.FromMilliseconds(random.Next(3)),
            IsByteByByte = random.Next(4) == 0,
            Fault = new LinkFault(kind, (LinkDirection)random.Next(2), random.Next(1, 400)),
        };
    }
}
