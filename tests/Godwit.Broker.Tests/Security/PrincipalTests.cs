using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Security;

/// <summary>A session belongs to the principal of its client, whoever else knows the client identifier.</summary>
public sealed class PrincipalTests
{
    [Theory, Spec("Hostile-30")]
    [InlineData(ProtocolVersion.Mqtt5, 0x85, true)]
    [InlineData(ProtocolVersion.Mqtt5, 0x85, false)]
    [InlineData(ProtocolVersion.Mqtt311, 2, true)]
    [InlineData(ProtocolVersion.Mqtt311, 2, false)]
    [InlineData(ProtocolVersion.Mqtt31, 2, true)]
    [InlineData(ProtocolVersion.Mqtt31, 2, false)]
    public void Another_user_is_refused_and_the_owner_stays_connected(ProtocolVersion version, int code, bool cleanStart)
    {
        var broker = new BrokerHarness();
        var owner = broker.Connect("c", version, userName: "alice").Subscribe("t", QoS.AtLeastOnce);

        Assert.Equal(code, broker.ConnectIsRefused("c", version, cleanStart, userName: "mallory").ReasonCode);
        Assert.Equal(code, broker.ConnectIsRefused("c", version, cleanStart).ReasonCode);

        Assert.False(owner.IsClosed);
        broker.Connect("publisher").Publish("t", "m", QoS.AtLeastOnce);
        owner.ReceivesPublish();
    }

    [Fact, Spec("Hostile-30")]
    public void The_queue_of_a_client_that_is_away_is_not_touched_by_another_user()
    {
        var broker = new BrokerHarness();
        Connect(broker, "alice").Subscribe("t", QoS.AtLeastOnce).Disconnect();
        broker.Connect("publisher").Publish("t", "m", QoS.AtLeastOnce);

        broker.ConnectIsRefused("c", userName: "mallory");

        Assert.Equal("m", Connect(broker, "alice").ReceivesPublish().PayloadText);
    }

    [Fact, Spec("Hostile-30")]
    public void The_owner_is_known_after_a_restart()
    {
        var broker = new BrokerHarness(log: new TestLog());
        Connect(broker, "alice").Subscribe("t", QoS.AtLeastOnce);

        var after = broker.Restart();

        Assert.Equal(0x85, after.ConnectIsRefused("c", cleanStart: false, userName: "mallory").ReasonCode);
        Assert.True(Connect(after, "alice").Connack!.SessionPresent);
    }

    [Fact, Spec("Hostile-30", "Hostile-29")]
    public void The_owner_takes_its_own_session_over()
    {
        var broker = new BrokerHarness();
        var first = Connect(broker, "alice");

        var second = Connect(broker, "alice");

        first.IsClosedWith(Protocol.ReasonCodes.DisconnectReasonCode.SessionTakenOver);
        Assert.True(second.Connack!.SessionPresent);
    }

    [Fact, Spec("Hostile-30")]
    public void A_session_of_nobody_passes_to_the_first_user_who_comes()
    {
        var broker = new BrokerHarness();
        Connect(broker, null).Subscribe("t", QoS.AtLeastOnce);

        Assert.True(Connect(broker, "alice").Connack!.SessionPresent);

        Assert.Equal(0x85, broker.ConnectIsRefused("c").ReasonCode);
        Assert.Equal(0x85, broker.ConnectIsRefused("c", userName: "mallory").ReasonCode);
    }

    [Fact, Spec("Hostile-30")]
    public void A_client_identifier_is_free_when_the_session_has_ended()
    {
        var broker = new BrokerHarness();
        broker.Connect("c", userName: "alice", properties: TestProperties.Expiry(10)).Disconnect();
        broker.ConnectIsRefused("c", userName: "bob");

        broker.Advance(TimeSpan.FromSeconds(10));

        Assert.False(broker.Connect("c", userName: "bob").Connack!.SessionPresent);
    }

    [Fact, Spec("Hostile-31")]
    public void A_client_that_does_not_get_in_takes_nothing_over()
    {
        var broker = new BrokerHarness(access: new TestAccess { Password = "right" });
        var owner = broker.Connect("c", userName: "alice", password: "right");

        broker.ConnectIsRefused("c", userName: "alice", password: "wrong");

        Assert.False(owner.IsClosed);
        owner.ReceivesNothing();
    }

    [Fact, Spec("Hostile-16")]
    public void A_shared_and_an_ordinary_subscription_to_one_filter_are_two()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("c").Subscribe("$share/g/t", QoS.AtLeastOnce);

        Assert.Equal([0x11], client.Unsubscribe("t").Codes);
        broker.Connect("publisher").Publish("t", "m", QoS.AtLeastOnce);
        client.Puback(client.ReceivesPublish().PacketId);
        Assert.Equal([0], client.Unsubscribe("$share/g/t").Codes);
        client.Subscribe("t", QoS.AtLeastOnce);
        Assert.Equal([0x11], client.Unsubscribe("$share/g/t").Codes);
        client.Disconnect();

        Assert.Equal((0, 1L), (broker.Core.SubscriptionCount, broker.Core.SessionCount));     // the publisher's
    }

    /// <summary>Client identifiers are keys and never names of anything else.</summary>
    [Fact, Spec("Hostile-32")]
    public void Similar_client_identifiers_have_separate_sessions_over_a_restart()
    {
        string[] ids = ["a", "a_meta", "../x", "a/b", "CON", "con", "A", "%2e%2e", new('x', 60_000)];
        var broker = new BrokerHarness(shards: 2, limits => limits.ClientIdBytesMax = 65_535, log: new TestLog());
        foreach (var id in ids)
        {
            broker.Connect(id, properties: TestProperties.Expiry(1000)).Subscribe($"t/{id.Length}/{id[0]}", QoS.AtLeastOnce);
        }

        var after = broker.Restart();

        Assert.Equal(ids.Length, after.Core.SessionCount);
        Assert.All(ids, id => Assert.True(after.Connect(id, cleanStart: false).Connack!.SessionPresent));
    }

    private static TestClient Connect(BrokerHarness broker, string? userName) =>
        broker.Connect("c", cleanStart: false, properties: TestProperties.Expiry(1000), userName: userName);
}
