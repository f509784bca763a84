using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>Steps that many checks of deliveries and subscriptions share.</summary>
internal static class Steps
{
    /// <summary>Connects with a session that outlives the connection.</summary>
    /// <param name="probe">Of the check.</param>
    /// <param name="name">At most 8 letters and digits.</param>
    /// <param name="receiveMaximum">5.0 only.</param>
    public static Task<WireClient> ConnectPersistentAsync(this Probe probe, string name, ushort? receiveMaximum = null) =>
        probe.ConnectAsync(ConnectOptions.Persistent(probe.ClientId(name)) with { ReceiveMaximum = receiveMaximum });

    /// <summary>Connects again; the broker must have kept the session.</summary>
    public static async Task<WireClient> ResumeAsync(this Probe probe, string name, ushort? receiveMaximum = null)
    {
        var client = await probe.ConnectPersistentAsync(name, receiveMaximum);
        Probe.Ensure(client.Connack!.SessionPresent || probe.Version == ProtocolVersion.Mqtt31, "CONNACK with Session Present 1", client.Connack);
        return client;
    }

    /// <summary>Connects again with Clean Start: the session that was there ends, and so does what it was to receive.</summary>
    public static Task<WireClient> EndSessionAsync(this Probe probe, string name) => probe.ConnectAsync(name);

    /// <summary>Connects; the check is left out when the broker does not take messages with this QoS.</summary>
    public static async Task<WireClient> ConnectPublisherAsync(this Probe probe, int qos)
    {
        var client = await probe.ConnectAsync();
        Needs.QoS(client, qos);
        return client;
    }

    /// <summary>Sends PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
    public static Task AckAsync(this WireClient client, PacketType type, ushort packetId, byte reasonCode = 0) =>
        client.SendAsync(Packets.Ack(client.Version, type, packetId, reasonCode));

    /// <summary>Releases a QoS 2 message that the broker has received.</summary>
    /// <returns>The PUBCOMP.</returns>
    public static async Task<Received> ReleaseAsync(this WireClient client, ushort packetId)
    {
        await client.AckAsync(PacketType.Pubrel, packetId);
        return await client.ReceiveAnswerAsync(PacketType.Pubcomp, packetId);
    }

    /// <summary>Receives PUBLISH with this payload and QoS; it is not acknowledged.</summary>
    public static async Task<Received> ReceivePublishAsync(this WireClient client, string payload, int qos)
    {
        var publish = await client.ReceivePublishAsync(payload);
        Probe.Ensure((int)publish.QoS == qos, string.Create(CultureInfo.InvariantCulture, $"PUBLISH '{payload}' with QoS {qos}"), publish);
        return publish;
    }

    /// <summary>Receives what is sent again: this payload, this Packet Identifier, DUP 1.</summary>
    public static async Task<Received> ReceiveAgainAsync(this WireClient client, Received earlier)
    {
        var publish = await client.ReceivePublishAsync(earlier.Text);
        var expected = string.Create(CultureInfo.InvariantCulture, $"PUBLISH QoS {(int)earlier.QoS} DUP id {earlier.PacketId} '{earlier.Text}'");
        Probe.Ensure(publish.PacketId == earlier.PacketId && publish.QoS == earlier.QoS && publish.Dup, expected, publish);
        return publish;
    }

    /// <summary>
    /// The next PUBLISH of an exchange like any other: QoS 1 is acknowledged, QoS 2 is answered with PUBREC and its PUBREL, which may
    /// come behind further messages, with PUBCOMP.
    /// </summary>
    public static async Task<Received> TakeNextAsync(this WireClient client, string expected)
    {
        while (true)
        {
            var packet = await client.ReceiveAsync(expected);
            switch (packet.Type)
            {
                case PacketType.Pubrel:
                    await client.AckAsync(PacketType.Pubcomp, packet.PacketId);
                    break;

                case PacketType.Publish when packet.QoS != QoS.AtMostOnce:
                    await client.AckAsync(packet.QoS == QoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec, packet.PacketId);
                    return packet;

                case PacketType.Publish:
                    return packet;

                default:
                    throw new CheckFailedException(expected, packet.ToString());
            }
        }
    }

    /// <summary>What a client receives until this payload, without it; acknowledged as by <see cref="TakeNextAsync"/>.</summary>
    public static async Task<IReadOnlyList<Received>> ReceiveUntilAsync(this WireClient client, string payload)
    {
        var list = new List<Received>();
        while (true)
        {
            var publish = await client.TakeNextAsync($"PUBLISH with payload '{payload}'");
            if (string.Equals(publish.Text, payload, StringComparison.Ordinal))
            {
                return list;
            }

            list.Add(publish);
        }
    }

    /// <summary>The broker must refuse a filter: by the code of SUBACK, or by ending the connection.</summary>
    /// <returns>How it does, for <see cref="Probe.Saw"/>.</returns>
    public static async Task<string> RefusesFilterAsync(this Probe probe, string filter, SubscribeOptions? options = null)
    {
        var client = await probe.ConnectAsync();
        var packetId = client.NextPacketId();
        await client.SendAsync(Packets.Subscribe(probe.Version, packetId, options ?? new SubscribeOptions(), filter));

        var expected = $"a refusal of the filter '{filter}'";
        var packet = await client.ReceiveOrEndAsync(expected);
        switch (packet)
        {
            case null:
                return "closes without DISCONNECT";

            case { Type: PacketType.Suback, ReasonCodes: [>= 0x80] } when packet.PacketId == packetId:
                await client.PingAsync();
                return string.Create(CultureInfo.InvariantCulture, $"SUBACK 0x{packet.ReasonCodes[0]:X2}");

            case { Type: PacketType.Disconnect, ReasonCode: 0x81 or 0x82 or 0x8F }:
                var next = await client.ReceiveOrEndAsync("the end of the connection after DISCONNECT");
                Probe.Ensure(next is null, "the end of the connection after DISCONNECT", next?.ToString() ?? "");
                return string.Create(CultureInfo.InvariantCulture, $"DISCONNECT 0x{packet.ReasonCode:X2}");

            default:
                throw new CheckFailedException(expected, packet.ToString());
        }
    }

    /// <summary>Each packet must end a connection of its own.</summary>
    /// <param name="probe">Of the check.</param>
    /// <param name="packets">Each is sent on a fresh connection.</param>
    /// <param name="reasonCodes">Of the DISCONNECT that may come before, in 5.0.</param>
    public static async Task EachClosesAsync(this Probe probe, IEnumerable<byte[]> packets, params byte[] reasonCodes)
    {
        foreach (var packet in packets)
        {
            var client = await probe.ConnectAsync();
            await client.SendAsync(packet);
            probe.Saw(await client.IsClosedAsync(reasonCodes));
        }
    }
}
