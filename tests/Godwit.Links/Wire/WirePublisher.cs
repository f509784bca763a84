using System.Text;
using Godwit.Interop.Clients;
using Godwit.Testing.Brokers;

namespace Godwit.Links.Wire;

/// <summary>
/// A publisher with a session, as the specification wants it (§4.3, §4.4): all messages are sent at once, and what is not
/// acknowledged when the connection breaks is sent again on the next one, in its order: the PUBLISH with DUP, or the PUBREL.
/// </summary>
public sealed class WirePublisher(BrokerAddress broker, MqttVersion version, string clientId) : IDisposable
{
    /// <summary>Far more than a test needs; a link that lets nothing through shall fail and not hang.</summary>
    private const int ConnectionsMax = 500;

    private readonly SortedList<ushort, Exchange> _open = [];
    private WireClient? _client;
    private ushort _lastId;

    private enum Stage
    {
        Unsent,
        AwaitingFirstAnswer,
        AwaitingPubcomp,
    }

    /// <summary>Connections that were tried so far.</summary>
    public int Connections { get; private set; }

    /// <summary>Publishes messages and returns when all are acknowledged, over as many connections as it takes.</summary>
    public async Task PublishAsync(string topic, params (string Text, int QoS)[] messages)
    {
        foreach (var (text, qos) in messages)
        {
            _open.Add(++_lastId, new Exchange(topic, text, qos));
        }

        await (_client is null ? Task.CompletedTask : SendOpenAsync());
        while (_open.Count > 0)
        {
            if (_client is null)
            {
                await ConnectAsync();
            }
            else if (await _client.ReadAsync() is { } packet)
            {
                await HandleAsync(packet);
            }
            else
            {
                Drop();
            }
        }
    }

    public void Dispose() => Drop();

    private async Task ConnectAsync()
    {
        Assert.True(++Connections <= ConnectionsMax, $"{_open.Count} messages are left after {ConnectionsMax} connections");
        _client = await WireClient.OpenAsync(broker, version);
        await _client.SendAsync(WireBytes.Connect(version, clientId, cleanStart: false));
        if (await _client.ReadAsync() is not { } connack)
        {
            Drop();
            return;
        }

        Assert.Equal((WireType.Connack, 0), (connack.Type, connack.Body[1]));
        var isResumed = _open.Values.Any(exchange => exchange.Stage != Stage.Unsent);
        Assert.True(!isResumed || version == MqttVersion.Mqtt31 || connack.Body[0] == 1, "The broker has lost the session.");
        await SendOpenAsync();
    }

    /// <summary>Sends what is open in one segment, so that a cut may leave any number of packets behind.</summary>
    private async Task SendOpenAsync()
    {
        List<byte> bytes = [];
        foreach (var (id, exchange) in _open)
        {
            bytes.AddRange(exchange.Stage == Stage.AwaitingPubcomp
                ? WireBytes.Acknowledge(WireType.Pubrel, id)
                : WireBytes.Publish(
                    version, exchange.Topic, Encoding.UTF8.GetBytes(exchange.Text), exchange.QoS, id, dup: exchange.Stage != Stage.Unsent));
            if (exchange.Stage == Stage.Unsent)
            {
                exchange.Stage = Stage.AwaitingFirstAnswer;
            }
        }

        await _client!.SendAsync([.. bytes]);
    }

    private async Task HandleAsync(WirePacket packet)
    {
        switch (packet.Type)
        {
            case WireType.Pubrec:
                if (_open.TryGetValue(packet.Id, out var exchange))
                {
                    exchange.Stage = Stage.AwaitingPubcomp;
                }

                await _client!.SendAsync(WireBytes.Acknowledge(WireType.Pubrel, packet.Id));
                break;

            case WireType.Puback or WireType.Pubcomp:
                Assert.True(_open.Remove(packet.Id), $"{packet.Type} {packet.Id} answers nothing that is open.");
                break;

            default:
                Assert.Fail($"The broker sent {packet.Type} to a publisher.");
                break;
        }
    }

    private void Drop()
    {
        _client?.Dispose();
        _client = null;
    }

    private sealed class Exchange(string topic, string text, int qos)
    {
        public string Topic => topic;

        public string Text => text;

        public int QoS => qos;

        public Stage Stage { get; set; }
    }
}
