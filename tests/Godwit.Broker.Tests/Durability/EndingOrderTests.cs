using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Durability;

/// <summary>What ends something in the log stands behind all that belongs to it, also when that waits for other shards.</summary>
public sealed class EndingOrderTests
{
    [Theory, Spec("Trap-88", "MQTT-4.8.2-5")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Sessions_that_end_in_one_turn_stay_in_the_log_until_their_shared_messages_are_with_others(int leavers)
    {
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        for (var i = 0; i < leavers; i++)
        {
            broker.Connect(LeaverId(broker, i), properties: TestProperties.Expiry(10)).Subscribe("$share/g/t", QoS.AtLeastOnce).Disconnect();
        }

        var publisher = broker.Connect(broker.IdOn(0, "publisher"));
        for (var i = 0; i < 6; i++)
        {
            publisher.PublishAcknowledged("t", $"{i}", QoS.AtLeastOnce);
        }

        var memberId = broker.IdOn(1, "member");
        broker.Persistent(memberId).Subscribe("$share/g/t", QoS.AtLeastOnce);
        broker.IsStepped = true;
        broker.BusyFor(TimeSpan.FromSeconds(10));
        broker.Turn(0);

        foreach (var steps in new[] { 0, 1, 2 })
        {
            if (steps > 0)
            {
                broker.Turn(steps == 1 ? 1 : 0);
            }

            // At every moment each message stands in some session's queue, and no session is left without its record.
            var state = broker.Log!.State();
            Assert.Equal(6, state.Queue.Count);
            Assert.Equal(steps < 2 ? leavers + 1 : 1, state.Sessions.Count);
        }

        broker.IsStepped = false;
        Assert.Equal(["0", "1", "2", "3", "4", "5"], broker.Restart().Persistent(memberId).ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText).Order());
    }

    [Fact]
    public void A_packet_id_that_is_released_before_it_is_written_is_not_there_afterwards()
    {
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        broker.Persistent(broker.IdOn(1, "away")).Subscribe("t", QoS.ExactlyOnce).Disconnect();
        var publisher = broker.Persistent(broker.IdOn(0, "publisher"));
        broker.IsStepped = true;
        publisher.Publish("t", "m1", QoS.ExactlyOnce, packetId: 7);

        publisher.Pubrel(7);                    // it has not seen a PUBREC; a mistake, but its own only
        broker.IsStepped = false;
        broker.Run();

        publisher.Receives(PacketType.Pubrec);
        publisher.Receives(PacketType.Pubcomp);
        Assert.Single(broker.Log!.State().Puts);                        // the subscription
    }

    [Fact]
    public void A_session_that_ends_while_its_message_waits_for_another_shard_leaves_no_packet_id_behind()
    {
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        broker.Persistent(broker.IdOn(1, "away")).Subscribe("t", QoS.ExactlyOnce).Disconnect();
        var publisher = broker.Persistent(broker.IdOn(0, "publisher"));
        broker.IsStepped = true;
        publisher.Publish("t", "m1", QoS.ExactlyOnce, packetId: 7);

        publisher.Disconnect(properties: TestProperties.Expiry(0));
        broker.IsStepped = false;
        broker.Run();

        Assert.Single(broker.Log!.State().Puts);
        Assert.Single(broker.Log.State().Sessions);
        Assert.Single(broker.Log.State().Queue);
    }

    [Theory, Spec("MQTT-3.1.2-4", "MQTT-4.8.2-5")]
    [InlineData(true)]
    [InlineData(false)]
    public void A_clean_start_that_a_crash_interrupts_leaves_one_session_and_hands_over_what_the_old_one_shared(bool isNewDurable)
    {
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        var clientId = broker.IdOn(0, "client");
        var memberId = broker.IdOn(1, "member");
        broker.Persistent(clientId).Subscribe("$share/g/t", QoS.ExactlyOnce).Subscribe("old", QoS.AtLeastOnce).Disconnect();
        broker.Connect("publisher").PublishAcknowledged("t", "shared", QoS.ExactlyOnce).PublishAcknowledged("old", "old", QoS.AtLeastOnce);
        broker.Persistent(memberId).Subscribe("$share/g/t", QoS.ExactlyOnce).Disconnect();
        broker.IsStepped = true;
        var client = broker.Open();
        client.Connect(clientId, ProtocolVersion.Mqtt5, cleanStart: true, keepAlive: 0, will: null, isNewDurable ? TestProperties.Expiry(100) : null, userName: null);
        broker.Turn(0);
        client.ReceivesNothing();                                       // nothing is promised yet
        Assert.Equal(isNewDurable ? 3 : 2, broker.Log!.State().Sessions.Count);     // the old one is there, and has ended

        broker.IsStepped = false;
        broker = broker.Restart();

        Assert.Equal(isNewDurable ? 2 : 1, broker.Core.SessionCount);
        Assert.Equal(isNewDurable ? 2 : 1, broker.Log!.State().Sessions.Count);
        Assert.Equal("shared", Assert.Single(broker.Persistent(memberId).ReceivesAllPublishes()).PayloadText);
        Assert.Equal(1, broker.Dropped(DropReason.SessionEnded));
        client = broker.Persistent(clientId);
        Assert.Equal(isNewDurable, client.Connack!.SessionPresent);
        client.ReceivesNothing();
        Assert.Equal(1, broker.Core.SubscriptionCount);
        Assert.Single(broker.Log.State().Puts);
        broker.Connect(clientId);
        Assert.Single(broker.Log.State().Sessions);
    }

    /// <summary>Identifiers of the first shard.</summary>
    private static string LeaverId(BrokerHarness broker, int index) => broker.IdOn(0, $"leaver{index}-");
}
