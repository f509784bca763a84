using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>A second connection with the same client identifier (5.0 §3.1.4): the old one is closed, the session goes on.</summary>
public sealed class TakeoverTests
{
    [Theory, Spec("MQTT-3.1.4-3", "MQTT3-3.1.4-2", "R13")]
    [InlineData(ProtocolVersion.Mqtt31, ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5, ProtocolVersion.Mqtt5)]
    [InlineData(ProtocolVersion.Mqtt5, ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5)]
    public void The_old_connection_is_told_and_closed_before_the_new_one_is_accepted(ProtocolVersion oldVersion, ProtocolVersion newVersion)
    {
        var broker = new BrokerHarness();
        var old = broker.Persistent("a", oldVersion);
        broker.SendOrder.Clear();

        var client = broker.Persistent("a", newVersion);

        old.IsClosedWith(DisconnectReasonCode.SessionTakenOver);
        Assert.Equal(client, broker.SendOrder[^1]);
        Assert.Equal(1, broker.SendOrder.Count(receiver => receiver == client));
        Assert.Equal(["connected a False", "disconnected a TakenOver SessionTakenOver", "connected a True"], broker.Events);
        Assert.Equal(1, broker.Core.ConnectedCount);
        Assert.Equal(1, broker.Core.SessionCount);
    }

    [Fact, Spec("MQTT-4.4.0-1", "MQTT-4.6.0-5", "MQTT-4.3.3-6", "MQTT3-4.4.0-1", "R13")]
    public void What_was_in_flight_goes_on_in_the_new_connection_with_its_ids_and_order()
    {
        var broker = new BrokerHarness();
        var publisher = broker.Connect("publisher");
        var old = broker.Persistent("a", receiveMaximum: 3).Subscribe("t", QoS.ExactlyOnce);
        publisher.PublishAcknowledged("t", "1", QoS.ExactlyOnce);
        publisher.PublishAcknowledged("t", "2", QoS.AtLeastOnce);
        publisher.PublishAcknowledged("t", "3", QoS.ExactlyOnce);
        publisher.PublishAcknowledged("t", "4", QoS.AtLeastOnce);
        var sent = old.ReceivesAllPublishes();
        old.Pubrec(sent[0].PacketId);
        old.Receives(PacketType.Pubrel);

        var client = broker.Persistent("a");

        Assert.Equal(3, sent.Count);
        Assert.Equal(sent[0].PacketId, client.Receives(PacketType.Pubrel).PacketId);
        var again = client.ReceivesAllPublishes();
        Assert.Equal(["2", "3", "4"], again.Select(publish => publish.PayloadText));
        Assert.Equal([true, true, false], again.Select(publish => publish.Dup));
        Assert.Equal([sent[1].PacketId, sent[2].PacketId], again.Take(2).Select(publish => publish.PacketId));
    }

    [Fact, Spec("MQTT-3.1.2-4", "MQTT-3.2.2-2")]
    public void A_clean_start_takes_over_and_discards()
    {
        var broker = new BrokerHarness();
        var old = broker.Persistent("a").Subscribe("t", QoS.AtLeastOnce);

        var client = broker.Connect("a", cleanStart: true);
        broker.Connect("publisher").Publish("t", "for nobody", QoS.AtLeastOnce);

        old.IsClosedWith(DisconnectReasonCode.SessionTakenOver);
        Assert.False(client.Connack!.SessionPresent);
        client.ReceivesNothing();
        Assert.Equal(0, broker.Core.SubscriptionCount);
    }

    /// <summary>
    /// The will of the old connection: sent at once when its delay is 0 or its session ends, dropped when the session goes on within the
    /// delay. In 3.1.1 the connection is closed without DISCONNECT, so it is always sent.
    /// </summary>
    [Theory, Spec("MQTT-3.1.2-8", "MQTT-3.1.3-9", "MQTT3-3.1.2-8")]
    [InlineData(ProtocolVersion.Mqtt311, 0, 0, false, true)]
    [InlineData(ProtocolVersion.Mqtt311, 0, 0, true, true)]
    [InlineData(ProtocolVersion.Mqtt5, 0, 0, false, true)]
    [InlineData(ProtocolVersion.Mqtt5, 0, 10, false, true)]
    [InlineData(ProtocolVersion.Mqtt5, 0, 10, true, true)]
    [InlineData(ProtocolVersion.Mqtt5, 100, 0, false, true)]
    [InlineData(ProtocolVersion.Mqtt5, 100, 0, true, true)]
    [InlineData(ProtocolVersion.Mqtt5, 100, 10, false, false)]
    [InlineData(ProtocolVersion.Mqtt5, 100, 10, true, true)]
    public void The_will_of_the_old_connection_is_sent_unless_the_session_goes_on_in_time(
        ProtocolVersion version, uint expiry, uint delay, bool cleanStart, bool isSent)
    {
        var isMqtt5 = version == ProtocolVersion.Mqtt5;
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("will");
        var will = new TestWill("will", "old", Properties: isMqtt5 ? new TestProperties().Add(PropertyId.WillDelayInterval, delay) : null);
        broker.Connect("a", version, cleanStart: false, will: will, properties: isMqtt5 ? TestProperties.Expiry(expiry) : null);

        broker.Connect("a", version, cleanStart);

        Assert.Equal(isSent ? 1 : 0, watcher.ReceivesAllPublishes().Count);
        broker.Advance(TimeSpan.FromDays(1));
        watcher.ReceivesNothing();
    }

    [Fact, Spec("MQTT-3.1.2-10")]
    public void The_will_of_the_new_connection_is_its_own()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("will");
        broker.Connect("a", will: new TestWill("will", "first"));

        var second = broker.Connect("a", will: new TestWill("will", "second"));
        Assert.Equal("first", watcher.ReceivesPublish().PayloadText);
        var third = broker.Connect("a");
        Assert.Equal("second", watcher.ReceivesPublish().PayloadText);
        third.DropConnection();

        watcher.ReceivesNothing();
        Assert.True(second.IsClosed);
    }

    [Fact, Spec("MQTT-4.1.0-1", "R13", "Trap-30")]
    public void Messages_published_around_a_takeover_are_not_lost()
    {
        var broker = new BrokerHarness(shards: 2);
        var publisher = broker.Connect("publisher");
        var client = broker.Persistent("a").Subscribe("t", QoS.AtLeastOnce);
        var received = new List<string>();

        for (var i = 0; i < 50; i++)
        {
            publisher.PublishAcknowledged("t", $"{i}", QoS.AtLeastOnce);
            if (i % 3 == 0)
            {
                client = broker.Persistent("a");
            }

            foreach (var publish in client.ReceivesAllPublishes())
            {
                received.Add(publish.PayloadText);
                client.Puback(publish.PacketId);
            }
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), received.Distinct());
        Assert.Equal(0, broker.Counters.Queued);
    }

    /// <summary>A phone that changes networks: its old connection hangs until 1.5 times the Keep Alive, the new one comes earlier.</summary>
    [Fact, Spec("MQTT-3.1.4-3", "R13")]
    public void A_quick_restart_does_not_wait_for_the_keep_alive_of_the_old_connection()
    {
        var broker = new BrokerHarness();
        broker.Connect("a", ProtocolVersion.Mqtt311, cleanStart: false, keepAlive: 60);
        broker.Advance(TimeSpan.FromSeconds(10));

        var client = broker.Connect("a", ProtocolVersion.Mqtt311, cleanStart: false, keepAlive: 0);
        broker.Advance(TimeSpan.FromMinutes(10));

        Assert.False(client.IsClosed);
        Assert.Equal(1, broker.Core.ConnectedCount);
    }

    /// <summary>Input of the old connection and the new CONNECT in one turn; each gets its own answers.</summary>
    [Fact, Spec("MQTT-3.1.4-3", "MQTT-4.1.0-1", "Trap-30")]
    public void Answers_to_the_old_connection_do_not_reach_the_new_one()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("t");
        var old = broker.Persistent("a");
        TestClient? client = null;

        broker.OnShard(0, shard =>
        {
            shard.Received(old.Connection, [0x32, 0x07, 0x00, 0x01, (byte)'t', 0x00, 0x09, 0x00, (byte)'m']);
            client = broker.Persistent("a");
        });

        Assert.Equal(9, old.Receives(PacketType.Puback).PacketId);
        old.IsClosedWith(DisconnectReasonCode.SessionTakenOver);
        client!.ReceivesNothing();
        Assert.Equal("m", watcher.ReceivesPublish().PayloadText);
    }

    [Fact, Spec("MQTT-3.1.4-3")]
    public void What_the_old_connection_still_delivers_is_ignored()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("t");
        var old = broker.Persistent("a");
        broker.Persistent("a");

        old.SendBytesDespiteClose([0x30, 0x05, 0x00, 0x01, (byte)'t', 0x00, (byte)'m']);

        watcher.ReceivesNothing();
    }

    [Fact, Spec("MQTT-3.1.4-3")]
    public void Clients_that_fight_for_an_identifier_leave_one_connection_and_one_session()
    {
        var broker = new BrokerHarness(shards: 3);
        var clients = Enumerable.Range(0, 100).Select(i => broker.Connect("a", cleanStart: i % 2 == 0, keepAlive: 10)).ToList();

        Assert.All(clients.SkipLast(1), client => client.IsClosedWith(DisconnectReasonCode.SessionTakenOver));
        Assert.False(clients[^1].IsClosed);
        Assert.Equal(1, broker.Core.ConnectedCount);
        Assert.Equal(1, broker.Core.SessionCount);
        Assert.Equal(1, broker.Core.Shards.Count(shard => shard.NextDeadlineMs != long.MaxValue));
    }
}
