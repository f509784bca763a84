using System.Net;
using System.Text;
using Godwit.Kills.Messages;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Kills.Wire;

/// <summary>A client that asks and waits for the answer; what comes meanwhile is acknowledged and kept.</summary>
internal sealed class Client : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Link _link;
    private readonly Packets _packets;
    private readonly CancellationToken _ct;
    private ushort _lastId;

    private Client(Link link, Packets packets, CancellationToken ct) => (_link, _packets, _ct) = (link, packets, ct);

    /// <summary>What came, in its order; a message that did not carry what its topic and number ask for has the number -1.</summary>
    public List<(string Topic, int Number)> Messages { get; } = [];

    /// <summary>Session Present.</summary>
    public bool IsResumed { get; private set; }

    /// <summary>The reason code of the last DISCONNECT of the broker; 0 without one.</summary>
    public byte DisconnectReason { get; private set; }

    /// <summary>Connects; durable clients resume their session.</summary>
    /// <param name="broker">Where.</param>
    /// <param name="version">Of the protocol.</param>
    /// <param name="clientId">Client Identifier.</param>
    /// <param name="isDurable">Its session never ends; else it begins and ends with the connection.</param>
    /// <param name="ct">Ends everything that it waits for.</param>
    /// <param name="keepAliveSeconds">Keep Alive; 0 is off.</param>
    public static async Task<Client> ConnectAsync(
        IPEndPoint broker, ProtocolVersion version, string clientId, bool isDurable, CancellationToken ct, ushort keepAliveSeconds = 0)
    {
        var packets = new Packets(version);
        var client = new Client(await Link.OpenAsync(broker, version, ct), packets, ct);
        client._link.Write(packets.Connect(clientId, cleanStart: !isDurable, keepAliveSeconds: keepAliveSeconds));
        var connack = await client.ReadAsync(PacketType.Connack);
        Assert.Equal(0, connack.ConnectReasonCode);
        client.IsResumed = connack.Body[0] == 1;
        return client;
    }

    /// <summary>Subscribes.</summary>
    public async Task SubscribeAsync(string filter, QoS qos)
    {
        _link.Write(_packets.Subscribe(NextId(), qos, filter));
        Assert.Equal((byte)qos, (await ReadAsync(PacketType.Suback)).Body[^1]);
    }

    /// <summary>PINGREQ, and waits for PINGRESP.</summary>
    public async Task PingAsync()
    {
        _link.Write(Packets.Pingreq);
        await ReadAsync(PacketType.Pingresp);
    }

    /// <summary>Publishes a message of QoS 0.</summary>
    public async Task SendAsync(string topic, byte[] payload)
    {
        _link.Write(_packets.Publish(topic, payload, QoS.AtMostOnce, 0));
        await _link.FlushAsync(_ct);
    }

    /// <summary>Publishes a message of QoS 1 or 2 and waits for PUBACK or PUBREC; ends the exchange of QoS 2.</summary>
    /// <returns>The reason code.</returns>
    /// <exception cref="ConnectionLostException">The broker has closed the connection instead.</exception>
    public async Task<byte> PublishAsync(string topic, byte[] payload, QoS qos) => (await PublishAllAsync(topic, [payload], qos))[0];

    /// <summary>Publishes messages at once; of QoS 2 only one.</summary>
    /// <returns>The reason codes, in the order of the messages.</returns>
    /// <exception cref="ConnectionLostException">The broker has closed the connection instead.</exception>
    public async Task<byte[]> PublishAllAsync(string topic, IReadOnlyList<byte[]> payloads, QoS qos)
    {
        var ids = new Dictionary<ushort, int>();
        for (var i = 0; i < payloads.Count; i++)
        {
            var id = NextId();
            ids[id] = i;
            _link.Write(_packets.Publish(topic, payloads[i], qos, id));
        }

        var codes = new byte[payloads.Count];
        while (ids.Count > 0)
        {
            var answer = await ReadAsync(qos == QoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec);
            Assert.True(ids.Remove(answer.PacketId, out var index), $"{answer.Type} {answer.PacketId} answers nothing");
            codes[index] = answer.ReasonCode;
            if (qos == QoS.ExactlyOnce && answer.ReasonCode < 0x80)
            {
                _link.Write(Packets.Acknowledge(PacketType.Pubrel, answer.PacketId));
                await ReadAsync(PacketType.Pubcomp);
            }
        }

        return codes;
    }

    /// <summary>Reads until so many messages have come.</summary>
    /// <param name="count">Since the connection began.</param>
    /// <param name="time">How long it waits for each.</param>
    /// <returns>False: nothing more comes.</returns>
    public async Task<bool> ReceiveAsync(int count, TimeSpan? time = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        while (Messages.Count < count)
        {
            patience.CancelAfter(time ?? Patience);
            try
            {
                Take(await _link.ReadAsync(patience.Token));
            }
            catch (OperationCanceledException) when (!_ct.IsCancellationRequested)
            {
                return false;
            }
        }

        await _link.FlushAsync(_ct);
        return true;
    }

    /// <summary>DISCONNECT, and the broker's end of the connection.</summary>
    public async Task LeaveAsync()
    {
        _link.Write(Packets.Disconnect);
        try
        {
            await ReadAsync(PacketType.Reserved);
        }
        catch (ConnectionLostException)
        {
            // What was waited for.
        }
    }

    public void Dispose() => _link.Dispose();

    private ushort NextId() => _lastId = _lastId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastId + 1);

    private async Task<ReceivedPacket> ReadAsync(PacketType type)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        patience.CancelAfter(Patience);
        while (true)
        {
            var packet = await _link.ReadAsync(patience.Token);
            if (packet.Type == type)
            {
                return packet;
            }

            Take(packet);
        }
    }

    private void Take(ReceivedPacket packet)
    {
        switch (packet.Type)
        {
            case PacketType.Publish:
                Assert.Equal(PacketError.None, PublishPacket.TryRead(packet.Header.Flags, packet.Body, _packets.Version, out var publish));
                var topic = Encoding.UTF8.GetString(publish.Topic);
                Messages.Add((topic, Payload.TryRead(publish.Payload, topic, out var number) ? number : -1));
                if (publish.QoS != QoS.AtMostOnce)
                {
                    _link.Write(Packets.Acknowledge(publish.QoS == QoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec, publish.PacketId));
                }

                break;

            case PacketType.Pubrel:
                _link.Write(Packets.Acknowledge(PacketType.Pubcomp, packet.PacketId));
                break;

            case PacketType.Disconnect:
                DisconnectReason = packet.ConnectReasonCode;
                break;

            default:
                Assert.Fail($"{packet.Type} came");
                break;
        }
    }
}
