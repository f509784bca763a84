using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Durability;

/// <summary>A client that has been told that it is connected has a will that outlives the broker.</summary>
public sealed class WillOrderTests
{
    [Fact]
    public void CONNACK_of_a_client_with_a_will_waits_for_the_will()
    {
        var log = new TestLog { IsEager = false };
        var broker = new BrokerHarness(log: log);
        var client = broker.Open();

        client.Connect("pump", ProtocolVersion.Mqtt5, cleanStart: true, keepAlive: 0, new TestWill("status/pump", "lost"), properties: null, userName: null);

        client.ReceivesNothing();
        log.Flush();
        broker.Run();
        Assert.Equal(0, client.Receives(PacketType.Connack).ReasonCode);
    }
}
