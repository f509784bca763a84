using System.Diagnostics;
using Godwit.Kills.Messages;
using Godwit.Kills.Wire;
using Godwit.Protocol;

namespace Godwit.Kills.Actors;

/// <summary>
/// A publisher that sends again what is not acknowledged when it is connected again (§4.4): the PUBLISH with DUP, or the PUBREL, in
/// their order. It remembers what was acknowledged: it is not killed.
/// </summary>
internal sealed class Publisher(Scene scene, string clientId, Random random, IReadOnlyList<PublishedTopic> topics, PublisherPace pace)
    : Actor(scene, clientId, random)
{
    private readonly List<Exchange> _open = [];
    private readonly Stopwatch _clock = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isFinishing;
    private ushort _lastId;
    private long _published;

    /// <summary>Publishes nothing new; completes when everything is acknowledged.</summary>
    public Task FinishAsync()
    {
        _isFinishing = true;
        return _finished.Task;
    }

    /// <inheritdoc/>
    protected override async Task ServeAsync(Link link, bool isNew, CancellationToken ct)
    {
        SetReady();
        _clock.Start();
        if (isNew)
        {
            _open.RemoveAll(exchange => exchange.IsReceived);       // its session is gone, and with it what PUBREL would release
        }

        foreach (var exchange in _open)
        {
            link.Write(exchange.IsReceived ? Wire.Packets.Acknowledge(PacketType.Pubrel, exchange.Id) : Publish(exchange, dup: !isNew));
        }

        while (true)
        {
            Fill(link);
            if (_open.Count > 0)
            {
                Handle(link, await link.ReadAsync(ct));
                continue;
            }

            if (_isFinishing)
            {
                _finished.TrySetResult();
            }

            await Task.Delay(2, ct);
        }
    }

    private byte[] Publish(Exchange exchange, bool dup) => Scene.Packets.Publish(
        exchange.Topic.Name, Payload.Make(exchange.Topic.Name, exchange.Number, exchange.Size), exchange.Topic.QoS, exchange.Id, dup);

    /// <summary>Publishes as much as the window, the broker's Receive Maximum and the pace allow.</summary>
    private void Fill(Link link)
    {
        var window = Math.Min(pace.Window, BrokerReceiveMaximum);
        while (!_isFinishing && _open.Count < window && _published < _clock.Elapsed.TotalSeconds * pace.PerSecondMax)
        {
            var topic = topics[Random.Next(topics.Count)];
            var exchange = new Exchange(topic, topic.Add(), NextId(), Random.Next(40, 400));
            _open.Add(exchange);
            _published++;
            link.Write(Publish(exchange, dup: false));
        }
    }

    /// <summary>Half of the publishers take the lowest free id, so that an id is soon used again; the others go round.</summary>
    private ushort NextId()
    {
        _lastId = pace.ReusesIds ? (ushort)0 : _lastId;
        do
        {
            _lastId = _lastId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastId + 1);
        }
        while (_open.Exists(exchange => exchange.Id == _lastId));

        return _lastId;
    }

    private void Handle(Link link, ReceivedPacket packet)
    {
        if (packet.Type == PacketType.Disconnect)
        {
            throw new ConnectionLostException($"DISCONNECT {packet.ConnectReasonCode:x2} came");
        }

        var exchange = _open.Find(exchange => exchange.Id == packet.PacketId);
        if (exchange is null)
        {
            Misbehaved($"{packet.Type} {packet.PacketId} answers nothing that is open");
            return;
        }

        switch (packet.Type)
        {
            case PacketType.Puback or PacketType.Pubrec when packet.ReasonCode >= 0x80:
                Misbehaved($"{packet.Type} refuses {exchange.Topic.Name} number {exchange.Number} with {packet.ReasonCode:x2}");
                _open.Remove(exchange);
                break;

            case PacketType.Puback:
                exchange.Topic.Acknowledge(exchange.Number, Scene.Broker.Life);
                _open.Remove(exchange);
                break;

            case PacketType.Pubrec:
                exchange.Topic.Acknowledge(exchange.Number, Scene.Broker.Life);
                exchange.IsReceived = true;
                link.Write(Wire.Packets.Acknowledge(PacketType.Pubrel, exchange.Id));
                break;

            case PacketType.Pubcomp:            // 0x92 too: it was released before, and the broker's answer died with it
                _open.Remove(exchange);
                break;

            default:
                Misbehaved($"{packet.Type} came to a publisher");
                break;
        }
    }

    private sealed class Exchange(PublishedTopic topic, int number, ushort id, int size)
    {
        public PublishedTopic Topic => topic;

        public int Number => number;

        public ushort Id => id;

        public int Size => size;

        /// <summary>PUBREC has come.</summary>
        public bool IsReceived { get; set; }
    }
}
