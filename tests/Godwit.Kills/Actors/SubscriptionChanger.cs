using System.Diagnostics;
using System.Globalization;
using System.Text;
using Godwit.Kills.Judging;
using Godwit.Kills.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Kills.Actors;

/// <summary>
/// Subscribes and unsubscribes all the time. After each return it publishes to all its topics and sees by what comes which
/// subscriptions the broker still has.
/// </summary>
internal sealed class SubscriptionChanger(Scene scene, string clientId, Random random) : Actor(scene, clientId, random)
{
    private const int Topics = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly State[] _states = new State[Topics];
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<(int Topic, QoS QoS)> _arrived = [];
    private volatile bool _isFinishing;
    private bool _hasMark;
    private ushort _lastId;
    private int _probe;
    private int _probesLeft;

    /// <summary>What is known of a subscription.</summary>
    private enum State
    {
        None,
        AtMostOnce,
        AtLeastOnce,

        /// <summary>SUBSCRIBE or UNSUBSCRIBE was sent, and its answer did not come.</summary>
        Unknown,
    }

    private string MarkTopic => $"changes/{ClientId}/mark";

    /// <summary>Changes nothing any more; completes after a last look.</summary>
    public Task FinishAsync()
    {
        _isFinishing = true;
        return _finished.Task;
    }

    /// <inheritdoc/>
    protected override async Task ServeAsync(Link link, bool isNew, CancellationToken ct)
    {
        if (isNew)
        {
            Array.Clear(_states);
        }

        _probesLeft = 0;
        if (isNew || !_hasMark)
        {
            _hasMark = false;
            link.Write(Scene.Packets.Subscribe(NextId(), QoS.AtLeastOnce, MarkTopic));
            await ReadUntilAsync(link, packet => packet.Type == PacketType.Suback, ct);
            _hasMark = true;
            SetReady();
        }

        await LookAsync(link, ct);
        while (true)
        {
            if (_isFinishing)
            {
                await LookAsync(link, ct);
                _finished.TrySetResult();
                await Task.Delay(Timeout.Infinite, ct);
            }

            await ChangeAsync(link, ct);
            if (Random.Next(8) == 0)
            {
                await Task.Delay(Random.Next(10), ct);
            }
        }
    }

    private string TopicOf(int topic) => string.Create(CultureInfo.InvariantCulture, $"changes/{ClientId}/{topic}");

    private ushort NextId() => _lastId = _lastId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastId + 1);

    /// <summary>Another QoS, or none; what was acknowledged is known, what was not is unknown.</summary>
    private async Task ChangeAsync(Link link, CancellationToken ct)
    {
        var topic = Random.Next(Topics);
        var next = (State)Random.Next((int)State.Unknown);
        if (next == _states[topic])
        {
            return;
        }

        _states[topic] = State.Unknown;
        var id = NextId();
        link.Write(next == State.None
            ? Scene.Packets.Unsubscribe(id, TopicOf(topic))
            : Scene.Packets.Subscribe(id, next == State.AtMostOnce ? QoS.AtMostOnce : QoS.AtLeastOnce, TopicOf(topic)));
        await ReadUntilAsync(link, packet => packet.Type is PacketType.Suback or PacketType.Unsuback && packet.PacketId == id, ct);
        _states[topic] = next;
    }

    /// <summary>Publishes to every topic and compares what comes with what is known.</summary>
    private async Task LookAsync(Link link, CancellationToken ct)
    {
        _arrived.Clear();
        var probe = (++_probe).ToString(CultureInfo.InvariantCulture);
        var isMarked = false;
        for (var topic = 0; topic <= Topics; topic++)
        {
            _probesLeft++;
            link.Write(Scene.Packets.Publish(topic == Topics ? MarkTopic : TopicOf(topic), Encoding.ASCII.GetBytes(probe), QoS.AtLeastOnce, NextId()));
        }

        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Patience && (!isMarked || _probesLeft > 0 || Missing().Any()))
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(Patience);
            try
            {
                isMarked |= Take(link, await link.ReadAsync(patience.Token));
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                break;
            }
        }

        link.Write(Wire.Packets.Pingreq);
        await ReadUntilAsync(link, packet => packet.Type == PacketType.Pingresp, ct);
        Judge();
    }

    private IEnumerable<int> Missing() =>
        Enumerable.Range(0, Topics).Where(topic =>
            (_states[topic] == State.AtMostOnce && !_arrived.Contains((topic, QoS.AtMostOnce)))
            || (_states[topic] == State.AtLeastOnce && !_arrived.Contains((topic, QoS.AtLeastOnce))));

    private void Judge()
    {
        foreach (var topic in Missing())
        {
            var seen = string.Join(' ', _arrived.Where(arrived => arrived.Topic == topic).Select(arrived => arrived.QoS));
            Findings.Add(Fault.SubscriptionLost, $"{TopicOf(topic)} at {_states[topic]} in life {Scene.Broker.Life}; there came '{seen}'");
        }

        foreach (var (topic, qos) in _arrived.Where(arrived => _states[arrived.Topic] == State.None))
        {
            Findings.Add(Fault.SubscriptionReturned, $"{TopicOf(topic)} at {qos} in life {Scene.Broker.Life}");
        }

        // What was lost is told once.
        for (var topic = 0; topic < Topics; topic++)
        {
            var levels = _arrived.Where(arrived => arrived.Topic == topic).ToList();
            _states[topic] = levels.Count == 0 ? State.None : levels[0].QoS == QoS.AtMostOnce ? State.AtMostOnce : State.AtLeastOnce;
        }
    }

    private async Task ReadUntilAsync(Link link, Func<ReceivedPacket, bool> isLast, CancellationToken ct)
    {
        ReceivedPacket packet;
        do
        {
            packet = await link.ReadAsync(ct);
            Take(link, packet);
        }
        while (!isLast(packet));
    }

    /// <summary>Acknowledges and notes a message.</summary>
    /// <returns>It is the mark behind the probes of now.</returns>
    private bool Take(Link link, ReceivedPacket packet)
    {
        if (packet.Type == PacketType.Disconnect)
        {
            throw new ConnectionLostException($"DISCONNECT {packet.ConnectReasonCode:x2} came");
        }

        if (packet.Type != PacketType.Publish)
        {
            _probesLeft -= packet.Type == PacketType.Puback ? 1 : 0;
            return false;
        }

        var error = PublishPacket.TryRead(packet.Header.Flags, packet.Body, Scene.Packets.Version, out var publish);
        Assert.Equal(PacketError.None, error);
        if (publish.QoS == QoS.AtLeastOnce)
        {
            link.Write(Wire.Packets.Acknowledge(PacketType.Puback, publish.PacketId));
        }

        var name = Encoding.ASCII.GetString(publish.Topic);
        var isOfNow = Encoding.ASCII.GetString(publish.Payload) == _probe.ToString(CultureInfo.InvariantCulture);
        if (isOfNow && name != MarkTopic)
        {
            _arrived.Add((int.Parse(name.AsSpan(name.LastIndexOf('/') + 1), CultureInfo.InvariantCulture), publish.QoS));
        }

        return isOfNow && name == MarkTopic;
    }
}
