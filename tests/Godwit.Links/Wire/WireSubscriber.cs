using System.Text;
using Godwit.Interop.Clients;
using Godwit.Testing.Brokers;

namespace Godwit.Links.Wire;

/// <summary>
/// A subscriber at QoS 2 with a session, as the specification wants it (§4.3): a message of QoS 2 is taken when its packet id is
/// new, and the id is new again after PUBREL. When the connection breaks it connects again.
/// </summary>
public sealed class WireSubscriber(BrokerAddress broker, MqttVersion version, string clientId) : IDisposable
{
    private const int ConnectionsMax = 500;

    private readonly HashSet<ushort> _taken = [];
    private readonly Queue<string> _messages = [];
    private WireClient? _client;
    private bool _isAnswered;

    /// <summary>Connections that were tried so far.</summary>
    public int Connections { get; private set; }

    /// <summary>Makes the session and its subscription.</summary>
    public async Task SubscribeAsync(string filter)
    {
        while (_client is null)
        {
            await ConnectAsync(isNew: true);
        }

        await _client.SendAsync(WireBytes.Subscribe(version, 1, filter, 2));
        Assert.Equal(2, (await _client.ExpectAsync(WireType.Suback)).Body[^1]);
    }

    /// <summary>Leaves; the session stays.</summary>
    public async Task LeaveAsync()
    {
        await _client!.SendAsync(WireBytes.Disconnect);
        Assert.Null(await _client.ReadAsync());
        Drop();
    }

    /// <summary>The next message that an application would get.</summary>
    public async Task<string> NextAsync()
    {
        while (_messages.Count == 0)
        {
            await StepAsync();
        }

        return _messages.Dequeue();
    }

    /// <summary>Goes on until every handshake has ended and the broker has answered a PINGREQ behind them.</summary>
    /// <returns>Messages that came meanwhile.</returns>
    public async Task<IReadOnlyList<string>> SettleAsync()
    {
        var connection = 0;
        for (_isAnswered = false; !_isAnswered || _taken.Count > 0;)
        {
            if (_client is not null && _taken.Count == 0 && connection != Connections)
            {
                connection = Connections;
                await _client.SendAsync(WireBytes.Pingreq);
            }

            await StepAsync();
        }

        string[] messages = [.. _messages];
        _messages.Clear();

        return messages;
    }

    /// <summary>All messages up to one.</summary>
    public async Task<IReadOnlyList<string>> UntilAsync(string last)
    {
        List<string> texts = [];
        do
        {
            texts.Add(await NextAsync());
        }
        while (texts[^1] != last);

        return texts;
    }

    public void Dispose() => Drop();

    private async Task StepAsync()
    {
        if (_client is null)
        {
            await ConnectAsync(isNew: false);
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

    private async Task ConnectAsync(bool isNew)
    {
        Assert.True(++Connections <= ConnectionsMax, $"No message came over {ConnectionsMax} connections");
        _client = await WireClient.OpenAsync(broker, version);
        await _client.SendAsync(WireBytes.Connect(version, clientId, cleanStart: false));
        if (await _client.ReadAsync() is not { } connack)
        {
            Drop();
            return;
        }

        Assert.Equal((WireType.Connack, 0), (connack.Type, connack.Body[1]));
        Assert.True(isNew || version == MqttVersion.Mqtt31 || connack.Body[0] == 1, "The broker has lost the session.");
    }

    private async Task HandleAsync(WirePacket packet)
    {
        switch (packet.Type)
        {
            case WireType.Publish:
                await TakeAsync(packet);
                break;

            case WireType.Pubrel:
                _taken.Remove(packet.Id);
                await _client!.SendAsync(WireBytes.Acknowledge(WireType.Pubcomp, packet.Id));
                break;

            case WireType.Pingresp:
                _isAnswered = true;
                break;

            default:
                Assert.Fail($"The broker sent {packet.Type} to a subscriber.");
                break;
        }
    }

    private async Task TakeAsync(WirePacket packet)
    {
        var (id, payload) = packet.Publish(version);
        var isNew = packet.QoS < 2 || _taken.Add(id);
        Assert.True(isNew || packet.Dup, $"PUBLISH {id} was sent again without DUP.");
        if (isNew)
        {
            _messages.Enqueue(Encoding.UTF8.GetString(payload));
        }

        if (packet.QoS > 0)
        {
            await _client!.SendAsync(WireBytes.Acknowledge(packet.QoS == 1 ? WireType.Puback : WireType.Pubrec, id));
        }
    }

    private void Drop()
    {
        _client?.Dispose();
        _client = null;
    }
}
