using Godwit.Protocol.Delivery;

namespace Godwit.Protocol.Tests.Delivery;

/// <summary>What an exchange, a message and a session of the sender's side leave behind when they are over: nothing.</summary>
public sealed class OutboundEndTests
{
    [Theory, Spec("MQTT-4.4.0-2")]
    [InlineData("PUBACK")]
    [InlineData("PUBREC, error")]
    [InlineData("PUBREC, PUBREC, error")]
    [InlineData("PUBREC, PUBCOMP")]
    [InlineData("discarded")]
    [InlineData("SUBACK")]
    [InlineData("request, new connection")]
    public void An_exchange_that_is_over_leaves_all_65535_ids_to_others(string way)
    {
        var delivery = Connected(65_535);
        GoesThrough(delivery, way);

        for (var i = 0; i < 65_535; i++)
        {
            Sends(delivery, "m");
        }

        Assert.Equal(65_535, delivery.InFlightCount);
    }

    [Fact]
    public void TrimExcess_gives_memory_back_that_the_next_message_takes_again()
    {
        var delivery = Connected(5);
        GoesThrough(delivery, "PUBACK");
        Assert.Equal(0, BytesFor(delivery));

        delivery.TrimExcess();

        Assert.NotEqual(0, BytesFor(delivery));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(4, 1)]
    [InlineData(8, 0)]
    public void Clear_hands_back_as_many_messages_as_there_are(int inFlight, int queued)
    {
        var delivery = Connected(inFlight);
        for (var i = 0; i < inFlight + queued; i++)
        {
            delivery.Enqueue($"{i}", QoS.AtLeastOnce);
        }

        while (delivery.TryTakeNext(out _))
        {
        }

        var handedBack = new List<string>();
        delivery.Clear((message, _, _, _) => handedBack.Add(message));

        Assert.Equal(Enumerable.Range(0, inFlight + queued).Select(i => $"{i}"), handedBack);
    }

    private static OutboundDelivery<string> Connected(int receiveMaximum)
    {
        var delivery = new OutboundDelivery<string>();
        delivery.BeginConnection(receiveMaximum);
        return delivery;
    }

    /// <summary>One exchange from its beginning to its end.</summary>
    private static void GoesThrough(OutboundDelivery<string> delivery, string way)
    {
        switch (way)
        {
            case "PUBACK":
                Assert.True(delivery.OnPuback(Sends(delivery, "m"), out _));
                break;

            case "discarded":
                delivery.Discard(Sends(delivery, "m"));
                break;

            case "SUBACK":
                Assert.True(delivery.TryBeginRequest(out var request));
                Assert.True(delivery.OnResponse(request));
                break;

            case "request, new connection":
                Assert.True(delivery.TryBeginRequest(out _));
                delivery.BeginConnection(65_535);
                break;

            default:
                var packetId = Sends(delivery, "m", QoS.ExactlyOnce);
                if (way.StartsWith("PUBREC, P", StringComparison.Ordinal))
                {
                    delivery.OnPubrec(packetId, isError: false, out _, out _);
                }

                Assert.True(way.EndsWith("error", StringComparison.Ordinal)
                    ? delivery.OnPubrec(packetId, isError: true, out _, out _) == PubrecOutcome.Ended
                    : delivery.OnPubcomp(packetId));
                break;
        }
    }

    /// <summary>What one exchange of QoS 1 allocates.</summary>
    private static long BytesFor(OutboundDelivery<string> delivery)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        delivery.Enqueue("m", QoS.AtLeastOnce);
        delivery.TryTakeNext(out var send);
        delivery.OnPuback(send.PacketId, out _);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static ushort Sends(OutboundDelivery<string> delivery, string message, QoS qos = QoS.AtLeastOnce)
    {
        delivery.Enqueue(message, qos);
        Assert.True(delivery.TryTakeNext(out var send));
        return send.PacketId;
    }
}
