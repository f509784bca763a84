using System.Globalization;
using System.Text;
using Godwit.Kills.Judging;
using Godwit.Kills.Messages;
using Godwit.Kills.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Kills.Actors;

/// <summary>
/// Sets retained messages, subscribes to them, waits for all of them, unsubscribes, and begins anew. What a SUBSCRIBE still waits for when the
/// broker dies does not come by itself (docs/durability.md): after a restart it subscribes again, and then all of them must come.
/// </summary>
internal sealed class RetainedReceiver(Scene scene, string clientId, Random random) : Actor(scene, clientId, random)
{
    private const int Topics = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly HashSet<int> _missing = [];
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isFinishing;
    private Step _step;
    private ushort _lastId;
    private int _round;
    private int _open;

    private enum Step
    {
        /// <summary>Retained messages of the next round are being set.</summary>
        Setting,

        /// <summary>They are acknowledged; the subscription is not.</summary>
        Subscribing,

        /// <summary>The subscription is acknowledged; messages are missing.</summary>
        Waiting,

        /// <summary>All have come.</summary>
        Unsubscribing,
    }

    private string Filter => $"kept/{ClientId}/+";

    /// <summary>Begins no further round; completes when the messages of this one have come, or do not come.</summary>
    public Task FinishAsync()
    {
        _isFinishing = true;
        return _finished.Task;
    }

    /// <inheritdoc/>
    protected override async Task ServeAsync(Link link, bool isNew, CancellationToken ct)
    {
        SetReady();
        _step = _step == Step.Waiting || (isNew && _step != Step.Setting) ? Step.Subscribing : _step;
        while (true)
        {
            switch (_step)
            {
                case Step.Setting:
                    await SetAsync(link, ct);
                    _step = Step.Subscribing;
                    break;

                case Step.Subscribing:
                    _missing.UnionWith(Enumerable.Range(0, Topics));
                    link.Write(Scene.Packets.Subscribe(NextId(), QoS.AtLeastOnce, Filter));
                    await ReadUntilAsync(link, packet => packet.Type == PacketType.Suback, ct);
                    _step = Step.Waiting;
                    break;

                case Step.Waiting:
                    await WaitAsync(link, ct);
                    _step = Step.Unsubscribing;
                    break;

                case Step.Unsubscribing when _isFinishing:
                    _finished.TrySetResult();
                    await Task.Delay(Timeout.Infinite, ct);
                    break;

                case Step.Unsubscribing:
                    link.Write(Scene.Packets.Unsubscribe(NextId(), Filter));
                    await ReadUntilAsync(link, packet => packet.Type == PacketType.Unsuback, ct);
                    _step = Step.Setting;
                    _round++;
                    break;
            }
        }
    }

    private string TopicOf(int topic) => string.Create(CultureInfo.InvariantCulture, $"kept/{ClientId}/{topic}");

    private ushort NextId() => _lastId = _lastId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastId + 1);

    private async Task SetAsync(Link link, CancellationToken ct)
    {
        _open = Topics;
        for (var topic = 0; topic < Topics; topic++)
        {
            link.Write(Scene.Packets.Publish(TopicOf(topic), Payload.Make(TopicOf(topic), _round, 200), QoS.AtLeastOnce, NextId(), retain: true));
        }

        await ReadUntilAsync(link, _ => _open == 0, ct);
    }

    private async Task WaitAsync(Link link, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            while (_missing.Count > 0)
            {
                Take(link, await link.ReadAsync(patience.Token));
                if (Random.Next(8) == 0)
                {
                    await Task.Delay(Random.Next(10), patience.Token);
                }
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            foreach (var topic in _missing)
            {
                Findings.Add(Fault.RetainedLost, $"{TopicOf(topic)} number {_round}, for an acknowledged subscription, in life {Scene.Broker.Life}");
            }
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

    private void Take(Link link, ReceivedPacket packet)
    {
        switch (packet.Type)
        {
            case PacketType.Disconnect:
                throw new ConnectionLostException($"DISCONNECT {packet.ConnectReasonCode:x2} came");

            case PacketType.Puback:
                _open--;
                break;

            case PacketType.Publish:
                Assert.Equal(PacketError.None, PublishPacket.TryRead(packet.Header.Flags, packet.Body, Scene.Packets.Version, out var publish));
                link.Write(Wire.Packets.Acknowledge(PacketType.Puback, publish.PacketId));
                Note(Encoding.ASCII.GetString(publish.Topic), publish.Payload);
                break;
        }
    }

    /// <summary>A message of an earlier round may come again after a restart: it counts for nothing.</summary>
    private void Note(string name, ReadOnlySpan<byte> payload)
    {
        if (!Payload.TryRead(payload, name, out var round))
        {
            Findings.Add(Fault.Corrupt, $"retained message of {name}");
        }
        else if (round == _round)
        {
            _missing.Remove(int.Parse(name.AsSpan(name.LastIndexOf('/') + 1), CultureInfo.InvariantCulture));
        }
        else if (round > _round)
        {
            Findings.Add(Fault.NeverPublished, $"{name}: round {round} in round {_round}");
        }
    }
}
