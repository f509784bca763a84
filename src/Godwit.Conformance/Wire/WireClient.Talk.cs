using System.Globalization;
using System.Text;
using Godwit.Protocol;

namespace Godwit.Conformance.Wire;

/// <content>The usual exchanges, so that a check shows what is unusual about it.</content>
public sealed partial class WireClient
{
    private static readonly TimeSpan EndAfterDisconnectMax = TimeSpan.FromSeconds(1);

    /// <summary>Told of each topic that may keep a retained message afterwards.</summary>
    internal Action<string>? OnRetain { get; init; }

    /// <summary>Sends a PUBLISH and waits for nothing.</summary>
    /// <returns>Its Packet Identifier; 0 with QoS 0.</returns>
    public async Task<ushort> SendPublishAsync(string topic, string payload, PublishOptions? options = null)
    {
        options ??= new PublishOptions();
        var packetId = options.QoS == 0 ? (ushort)0 : options.PacketId ?? NextPacketId();
        if (options.Retain && topic.Length > 0)     // without a topic: one that stands behind an alias
        {
            OnRetain?.Invoke(topic);
        }

        await SendAsync(Packets.Publish(Version, topic, Encoding.UTF8.GetBytes(payload), options, packetId));
        return packetId;
    }

    /// <summary>Publishes and completes the exchange; expects no other packet meanwhile.</summary>
    /// <returns>The code of the PUBACK, PUBREC (when it refuses) or PUBCOMP; 0 with QoS 0 and in 3.x.</returns>
    public async Task<byte> PublishAsync(string topic, string payload, PublishOptions? options = null)
    {
        options ??= new PublishOptions();
        var packetId = await SendPublishAsync(topic, payload, options);
        if (options.QoS == 0)
        {
            return 0;
        }

        var answer = await ReceiveAnswerAsync(options.QoS == 1 ? PacketType.Puback : PacketType.Pubrec, packetId);
        if (options.QoS == 1 || answer.ReasonCode >= 0x80)
        {
            return answer.ReasonCode;
        }

        await SendAsync(Packets.Ack(Version, PacketType.Pubrel, packetId));
        return (await ReceiveAnswerAsync(PacketType.Pubcomp, packetId)).ReasonCode;
    }

    /// <summary>Publishes with a QoS and completes the exchange.</summary>
    public Task<byte> PublishAsync(string topic, string payload, int qos, bool retain = false) =>
        PublishAsync(topic, payload, new PublishOptions { QoS = qos, Retain = retain });

    /// <summary>Subscribes; fails when the broker refuses. Expects SUBACK as the next packet.</summary>
    /// <returns>The QoS granted.</returns>
    public Task<int> SubscribeAsync(string filter, int qos = 0) => SubscribeAsync(filter, new SubscribeOptions { QoS = qos });

    /// <summary>Subscribes; fails when the broker refuses. Expects SUBACK as the next packet.</summary>
    /// <returns>The QoS granted.</returns>
    public async Task<int> SubscribeAsync(string filter, SubscribeOptions options)
    {
        var packetId = NextPacketId();
        await SendAsync(Packets.Subscribe(Version, packetId, options, filter));
        var suback = await ReceiveAnswerAsync(PacketType.Suback, packetId);
        return suback.ReasonCodes is [<= 2] ? suback.ReasonCodes[0] : throw new CheckFailedException("SUBACK that grants the subscription", suback.ToString());
    }

    /// <summary>Unsubscribes. Expects UNSUBACK as the next packet.</summary>
    /// <returns>The codes; none in 3.x.</returns>
    public async Task<byte[]> UnsubscribeAsync(params string[] filters)
    {
        var packetId = NextPacketId();
        await SendAsync(Packets.Unsubscribe(Version, packetId, filters));
        return (await ReceiveAnswerAsync(PacketType.Unsuback, packetId)).ReasonCodes;
    }

    /// <summary>Sends PINGREQ and expects PINGRESP as the next packet: nothing else is on its way to this client.</summary>
    public async Task PingAsync()
    {
        await SendAsync(Packets.Pingreq);
        var packet = await ReceiveAsync("PINGRESP and no other packet");
        if (packet.Type != PacketType.Pingresp)
        {
            throw new CheckFailedException("PINGRESP and no other packet", packet.ToString());
        }
    }

    /// <summary>The next packet, which must be a PUBLISH. It is not acknowledged.</summary>
    public Task<Received> ReceivePublishAsync() => ReceiveAsync(PacketType.Publish);

    /// <summary>The next packet, which must be a PUBLISH with this payload. It is not acknowledged.</summary>
    public async Task<Received> ReceivePublishAsync(string payload)
    {
        var expected = $"PUBLISH with payload '{payload}'";
        var packet = await ReceiveAsync(expected);
        return packet.Type == PacketType.Publish && string.Equals(packet.Text, payload, StringComparison.Ordinal)
            ? packet
            : throw new CheckFailedException(expected, packet.ToString());
    }

    /// <summary>Completes the exchange of a PUBLISH that came, whatever its QoS.</summary>
    public async Task AcknowledgeAsync(Received publish)
    {
        if (publish.QoS == QoS.AtLeastOnce)
        {
            await SendAsync(Packets.Ack(Version, PacketType.Puback, publish.PacketId));
        }
        else if (publish.QoS == QoS.ExactlyOnce)
        {
            await SendAsync(Packets.Ack(Version, PacketType.Pubrec, publish.PacketId));
            await ReceiveAnswerAsync(PacketType.Pubrel, publish.PacketId);
            await SendAsync(Packets.Ack(Version, PacketType.Pubcomp, publish.PacketId));
        }
    }

    /// <summary>Receives a PUBLISH with this payload and completes its exchange.</summary>
    public async Task<Received> TakeAsync(string payload)
    {
        var publish = await ReceivePublishAsync(payload);
        await AcknowledgeAsync(publish);
        return publish;
    }

    /// <summary>The next packet, which must be of this type and carry this Packet Identifier.</summary>
    public async Task<Received> ReceiveAnswerAsync(PacketType type, ushort packetId)
    {
        var expected = string.Create(CultureInfo.InvariantCulture, $"{PacketText.NameOf(type)} id {packetId}");
        var packet = await ReceiveAsync(expected);
        return packet.Type == type && packet.PacketId == packetId ? packet : throw new CheckFailedException(expected, packet.ToString());
    }

    /// <summary>
    /// The broker must end this connection. In 5.0 a DISCONNECT with one of these codes may come first; in 3.x, and where no code
    /// is given, none may.
    /// </summary>
    /// <returns>What came, for <see cref="Running.Probe.Saw"/>.</returns>
    public async Task<string> IsClosedAsync(params byte[] reasonCodes)
    {
        var codes = Version == ProtocolVersion.Mqtt5 ? reasonCodes : [];
        var expected = codes.Length == 0
            ? "the end of the connection, no packet before it"
            : $"the end of the connection, before it at most DISCONNECT {string.Join(" or ", codes.Select(code => "0x" + code.ToString("X2", CultureInfo.InvariantCulture)))}";
        var packet = await ReceiveOrEndAsync(expected);
        if (packet is null)
        {
            return "closes without DISCONNECT";
        }

        if (packet.Type != PacketType.Disconnect || !codes.Contains(packet.ReasonCode))
        {
            throw new CheckFailedException(expected, packet.ToString());
        }

        var next = await ReceiveOrEndAsync("the end of the connection after DISCONNECT");
        return next is null
            ? string.Create(CultureInfo.InvariantCulture, $"DISCONNECT 0x{packet.ReasonCode:X2}")
            : throw new CheckFailedException("the end of the connection after DISCONNECT", next.ToString());
    }

    /// <summary>
    /// Sends DISCONNECT, waits a while for the broker to end the connection, and closes it: what comes next finds the client gone and
    /// its last packets handled. Packets that still come are thrown away.
    /// </summary>
    public async Task DisconnectAsync(byte reasonCode = 0, params WireProperty[] properties)
    {
        await SendAsync(Packets.Disconnect(Version, reasonCode, properties));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        deadline.CancelAfter(EndAfterDisconnectMax);
        try
        {
            do
            {
                _start = _end;
            }
            while (await ReadAsync(deadline.Token) > 0);
        }
        catch (OperationCanceledException) when (!_cancellation.IsCancellationRequested)
        {
            // A broker may leave it to the client to close the connection.
        }

        await _stream.DisposeAsync();
    }
}
