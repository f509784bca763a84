using System.Globalization;
using Godwit.Protocol;

namespace Godwit.Conformance.Wire;

/// <content>Exchanges in which a broker may choose what comes, how often, or in which order.</content>
public sealed partial class WireClient
{
    /// <summary>The PUBLISH packets before the first one with this payload. None is acknowledged, and that one is left out.</summary>
    public async Task<IReadOnlyList<Received>> ReceivePublishesUntilAsync(string lastPayload)
    {
        var received = new List<Received>();
        while (true)
        {
            var packet = await ReceiveAsync($"PUBLISH with payload '{lastPayload}', perhaps others before");
            if (packet.Type != PacketType.Publish)
            {
                throw new CheckFailedException($"PUBLISH with payload '{lastPayload}', perhaps others before", packet.ToString());
            }

            if (string.Equals(packet.Text, lastPayload, StringComparison.Ordinal))
            {
                return received;
            }

            received.Add(packet);
        }
    }

    /// <summary>
    /// The PUBLISH packets before and shortly behind the first one with this payload, for a message that may come in several copies.
    /// Those with the payload itself are left out, and none is acknowledged.
    /// </summary>
    public async Task<IReadOnlyList<Received>> ReceiveAroundAsync(string markerPayload)
    {
        var received = new List<Received>(await ReceivePublishesUntilAsync(markerPayload));
        await SendAsync(Packets.Pingreq);
        for (var packet = await ReceiveAsync(); packet.Type != PacketType.Pingresp; packet = await ReceiveAsync())
        {
            if (packet.Type != PacketType.Publish || !string.Equals(packet.Text, markerPayload, StringComparison.Ordinal))
            {
                received.Add(packet);
            }
        }

        return received;
    }

    /// <summary>
    /// Subscribes and takes the retained messages, which may come before SUBACK, behind it, or both (§3.8.4). Then nothing more may
    /// come. They are not acknowledged.
    /// </summary>
    /// <param name="filter">The Topic Filter.</param>
    /// <param name="options">Its options.</param>
    /// <param name="count">How many must come.</param>
    public async Task<IReadOnlyList<Received>> SubscribeAndTakeRetainedAsync(string filter, SubscribeOptions options, int count)
    {
        var packetId = NextPacketId();
        await SendAsync(Packets.Subscribe(Version, packetId, options, filter));
        return await TakeRetainedAsync(packetId, count);
    }

    /// <summary>The rest of <see cref="SubscribeAndTakeRetainedAsync"/> after a SUBSCRIBE with this Packet Identifier.</summary>
    public async Task<IReadOnlyList<Received>> TakeRetainedAsync(ushort packetId, int count)
    {
        var expected = string.Create(CultureInfo.InvariantCulture, $"SUBACK id {packetId} and {count} retained messages");
        var received = new List<Received>();
        var isGranted = false;
        while (!isGranted || received.Count < count)
        {
            var packet = await ReceiveAsync(expected);
            if (packet.Type == PacketType.Publish)
            {
                received.Add(packet);
            }
            else if (!isGranted && packet.Type == PacketType.Suback && packet.PacketId == packetId && packet.ReasonCodes.All(code => code <= 2))
            {
                isGranted = true;
            }
            else
            {
                throw new CheckFailedException(expected, packet.ToString());
            }
        }

        await PingAsync();
        return received.Count == count ? received : throw new CheckFailedException(expected, string.Join(", ", received));
    }

    /// <summary>Subscribes and takes however many PUBLISH packets come before SUBACK and the PINGRESP behind it. They are not acknowledged.</summary>
    public async Task<IReadOnlyList<Received>> SubscribeAndTakeAnyAsync(SubscribeOptions options, params string[] filters)
    {
        const string Expected = "SUBACK, perhaps PUBLISH packets, and PINGRESP";
        var packetId = NextPacketId();
        await SendAsync(Packets.Subscribe(Version, packetId, options, filters), Packets.Pingreq);
        var received = new List<Received>();
        for (var packet = await ReceiveAsync(Expected); packet.Type != PacketType.Pingresp; packet = await ReceiveAsync(Expected))
        {
            if (packet.Type == PacketType.Publish)
            {
                received.Add(packet);
            }
            else if (packet.Type != PacketType.Suback || packet.PacketId != packetId || packet.ReasonCodes.Any(code => code > 2))
            {
                throw new CheckFailedException(Expected, packet.ToString());
            }
        }

        return received;
    }

    /// <summary>The next packet, where the broker may also end the connection as in <see cref="IsClosedAsync"/>.</summary>
    /// <returns>Null when it did.</returns>
    public async Task<Received?> ReceiveUnlessClosedAsync(params byte[] reasonCodes)
    {
        var packet = await ReceiveOrEndAsync("an answer or the end of the connection");
        if (packet?.Type != PacketType.Disconnect)
        {
            return packet;
        }

        return reasonCodes.Contains(packet.ReasonCode)
            ? null
            : throw new CheckFailedException($"an answer or DISCONNECT {string.Join(" or ", reasonCodes.Select(code => $"0x{code:X2}"))}", packet.ToString());
    }
}
