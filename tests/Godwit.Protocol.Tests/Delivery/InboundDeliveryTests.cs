using Godwit.Protocol.Delivery;

namespace Godwit.Protocol.Tests.Delivery;

/// <summary>The receiver's QoS 2 state table (5.0 §4.3.3).</summary>
public sealed class InboundDeliveryTests
{
    public enum Happening
    {
        Publish,
        PublishBeyondReceiveMaximum,
        Pubrel,
        Refuse,
        Clear,
    }

    /// <summary>Does the id wait for PUBREL, event, answer, does it wait afterwards.</summary>
    [Theory, Spec("R19", "MQTT-4.3.3-8", "MQTT-4.3.3-9", "MQTT-4.3.3-10", "MQTT-4.3.3-11", "MQTT-4.3.3-12", "MQTT-3.3.4-7", "MQTT3-4.3.3-2")]
    [InlineData(false, Happening.Publish, "New", true)]
    [InlineData(false, Happening.PublishBeyondReceiveMaximum, "ReceiveMaximumExceeded", false)]
    [InlineData(false, Happening.Pubrel, "not found", false)]
    [InlineData(false, Happening.Refuse, "", false)]
    [InlineData(false, Happening.Clear, "", false)]
    [InlineData(true, Happening.Publish, "Duplicate", true)]
    [InlineData(true, Happening.PublishBeyondReceiveMaximum, "Duplicate", true)]
    [InlineData(true, Happening.Pubrel, "released", false)]
    [InlineData(true, Happening.Refuse, "", false)]
    [InlineData(true, Happening.Clear, "", false)]
    public void Every_event_in_every_state_has_one_answer(bool waits, Happening happening, string answer, bool waitsAfterwards)
    {
        var delivery = new InboundDelivery();
        delivery.OnPublish(1, receiveMaximum: 10);
        if (waits)
        {
            delivery.OnPublish(7, receiveMaximum: 10);
        }

        var given = Apply(delivery, happening);

        Assert.Equal(answer, given);
        Assert.Equal((happening == Happening.Clear ? 0 : 1) + (waitsAfterwards ? 1 : 0), delivery.Count);
        Assert.Equal(waitsAfterwards, delivery.OnPubrel(7));
    }

    [Fact, Spec("R19", "MQTT-3.3.4-7")]
    public void Receive_Maximum_counts_exchanges_until_their_PUBREL()
    {
        var delivery = new InboundDelivery();
        for (ushort packetId = 1; packetId <= 3; packetId++)
        {
            Assert.Equal(InboundOutcome.New, delivery.OnPublish(packetId, receiveMaximum: 3));
        }

        Assert.Equal(InboundOutcome.ReceiveMaximumExceeded, delivery.OnPublish(4, receiveMaximum: 3));
        Assert.True(delivery.OnPubrel(2));

        Assert.Equal(InboundOutcome.New, delivery.OnPublish(4, receiveMaximum: 3));
    }

    [Fact, Spec("R19", "MQTT-4.3.3-12")]
    public void A_packet_id_is_a_new_message_after_each_PUBREL()
    {
        var delivery = new InboundDelivery();
        for (var round = 0; round < 5; round++)
        {
            Assert.Equal(InboundOutcome.New, delivery.OnPublish(65_535, receiveMaximum: 1));
            Assert.Equal(InboundOutcome.Duplicate, delivery.OnPublish(65_535, receiveMaximum: 1));
            Assert.True(delivery.OnPubrel(65_535));
            Assert.False(delivery.OnPubrel(65_535));
        }
    }

    private static string Apply(InboundDelivery delivery, Happening happening)
    {
        switch (happening)
        {
            case Happening.Publish:
                return delivery.OnPublish(7, receiveMaximum: 10).ToString();

            case Happening.PublishBeyondReceiveMaximum:
                return delivery.OnPublish(7, receiveMaximum: 1).ToString();

            case Happening.Pubrel:
                return delivery.OnPubrel(7) ? "released" : "not found";

            case Happening.Refuse:
                delivery.Refuse(7);
                return "";

            default:
                delivery.Clear();
                return "";
        }
    }
}
