using Godwit.Protocol.Packets;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests;

public sealed class SubscriptionOptionsTests
{
    [Fact, Spec("MQTT-3.8.3-5", "MQTT3-3-8.3-4")]
    public void Every_options_byte_is_taken_apart_or_refused()
    {
        for (var options = 0; options <= 255; options++)
        {
            var expected = options switch
            {
                >= 64 => PacketError.SubscriptionOptionsReserved,
                _ when options % 4 == 3 => PacketError.SubscriptionQoSInvalid,
                >= 48 => PacketError.RetainHandlingInvalid,
                _ => PacketError.None,
            };

            Assert.Equal(expected, SubscriptionOptions.Check((byte)options, ProtocolVersion.Mqtt5));
            if (expected == PacketError.None)
            {
                var parsed = SubscriptionOptions.FromByte((byte)options);
                Assert.Equal((options % 4, options / 4 % 2 == 1, options / 8 % 2 == 1, options / 16),
                    ((int)parsed.QoS, parsed.NoLocal, parsed.RetainAsPublished, (int)parsed.RetainHandling));
                Assert.Equal(options, parsed.ToByte());
            }

            var expected3 = options > 3 ? PacketError.SubscriptionOptionsReserved : expected;
            Assert.Equal(expected3, SubscriptionOptions.Check((byte)options, ProtocolVersion.Mqtt311));
            Assert.Equal(expected3, SubscriptionOptions.Check((byte)options, ProtocolVersion.Mqtt31));
        }
    }

    [Fact]
    public void Filters_are_collected_beyond_the_first_buffer()
    {
        using var subscribe = new SubscribeFilterWriter(stackalloc byte[4]);
        subscribe.Add("a/+", new SubscriptionOptions(QoS.AtLeastOnce, NoLocal: true, RetainAsPublished: false, RetainHandling.DoNotSend));
        subscribe.Add("ä"u8, default);
        using var unsubscribe = new UnsubscribeFilterWriter([]);
        unsubscribe.Add("a/+");
        unsubscribe.Add("ä"u8);

        Assert.Equal(Hex.Parse("0003 'a/+' 25 0002 C3A4 00"), subscribe.FilterBytes.ToArray());
        Assert.Equal(Hex.Parse("0003 'a/+' 0002 C3A4"), unsubscribe.FilterBytes.ToArray());
    }
}
