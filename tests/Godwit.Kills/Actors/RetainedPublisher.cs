using System.Diagnostics;
using System.Globalization;
using System.Text;
using Godwit.Kills.Judging;
using Godwit.Kills.Messages;
using Godwit.Kills.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Kills.Actors;

/// <summary>Sets and deletes retained messages all the time. After each return it looks at all of them through another connection.</summary>
internal sealed class RetainedPublisher(Scene scene, string clientId, Random random) : Actor(scene, clientId, random)
{
    private const int Topics = 16;
    private const int Window = 6;
    private const int Deleted = 0;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);

    private readonly int[] _acknowledged = new int[Topics];
    private readonly Dictionary<ushort, (int Topic, int Value)> _open = [];
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isFinishing;
    private ushort _lastId;
    private int _lastValue;

    /// <summary>Publishes nothing new; completes after a last look.</summary>
    public Task FinishAsync()
    {
        _isFinishing = true;
        return _finished.Task;
    }

    /// <inheritdoc/>
    protected override async Task ServeAsync(Link link, bool isNew, CancellationToken ct)
    {
        SetReady();
        await LookAsync(ct);
        foreach (var (id, (topic, value)) in _open.OrderBy(open => open.Value.Value))
        {
            link.Write(Publish(id, topic, value, dup: !isNew));
        }

        while (true)
        {
            Fill(link);
            if (_open.Count > 0)
            {
                Handle(await link.ReadAsync(ct));
            }
            else
            {
                await LookAsync(ct);
                _finished.TrySetResult();
                await Task.Delay(Timeout.Infinite, ct);
            }

            if (Random.Next(30) == 0)
            {
                await Task.Delay(Random.Next(10), ct);
            }
        }
    }

    private string TopicOf(int topic) => string.Create(CultureInfo.InvariantCulture, $"retained/{ClientId}/{topic}");

    /// <summary>One message at a time for each topic: what the broker has is then one of two.</summary>
    private void Fill(Link link)
    {
        while (!_isFinishing && _open.Count < Window)
        {
            var topic = Random.Next(Topics);
            if (_open.Values.Any(open => open.Topic == topic))
            {
                continue;
            }

            var value = Random.Next(3) == 0 ? Deleted : ++_lastValue;
            do
            {
                _lastId = _lastId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastId + 1);
            }
            while (_open.ContainsKey(_lastId));

            _open[_lastId] = (topic, value);
            link.Write(Publish(_lastId, topic, value, dup: false));
        }
    }

    private byte[] Publish(ushort id, int topic, int value, bool dup) => Scene.Packets.Publish(
        TopicOf(topic), value == Deleted ? [] : Payload.Make(TopicOf(topic), value, 60), QoS.AtLeastOnce, id, dup, retain: true);

    private void Handle(ReceivedPacket packet)
    {
        if (packet.Type != PacketType.Puback)
        {
            throw new ConnectionLostException($"{packet.Type} came");
        }

        if (packet.ReasonCode >= 0x80)
        {
            Misbehaved($"PUBACK refuses a retained message with {packet.ReasonCode:x2}");
        }
        else if (_open.Remove(packet.PacketId, out var open))
        {
            _acknowledged[open.Topic] = open.Value;
        }
    }

    /// <summary>Reads all retained messages and compares them with what was acknowledged last, or was on its way.</summary>
    private async Task LookAsync(CancellationToken ct)
    {
        var found = await ReadAllAsync(ct);
        for (var topic = 0; topic < Topics; topic++)
        {
            var onItsWay = _open.Values.Where(open => open.Topic == topic).Select(open => open.Value).ToList();
            if (found[topic] == _acknowledged[topic] || onItsWay.Contains(found[topic]))
            {
                continue;
            }

            var text = $"{TopicOf(topic)}: {found[topic]} instead of {_acknowledged[topic]} in life {Scene.Broker.Life} (0 is none)";
            Findings.Add(_acknowledged[topic] == Deleted ? Fault.RetainedReturned : Fault.RetainedLost, text);
            _acknowledged[topic] = found[topic];        // told once
        }
    }

    private bool MustExist(int topic) => _acknowledged[topic] != Deleted && !_open.ContainsValue((topic, Deleted));

    private async Task<int[]> ReadAllAsync(CancellationToken ct)
    {
        var found = new int[Topics];
        using var link = await Link.OpenAsync(Scene.Broker.EndPoint, Scene.Packets.Version, ct);
        link.Write(Scene.Packets.Connect($"{ClientId}-look", cleanStart: true));
        link.Write(Scene.Packets.Subscribe(1, QoS.AtMostOnce, $"retained/{ClientId}/+"));
        var clock = Stopwatch.StartNew();
        while (Enumerable.Range(0, Topics).Any(topic => found[topic] == Deleted && MustExist(topic))
            && await TakeAsync(link, found, Patience - clock.Elapsed, ct))
        {
        }

        while (await TakeAsync(link, found, Quiet, ct))         // what was deleted would come now
        {
        }

        return found;
    }

    /// <summary>Takes a packet.</summary>
    /// <returns>False: none came in time.</returns>
    private async Task<bool> TakeAsync(Link link, int[] found, TimeSpan time, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(time > TimeSpan.Zero ? time : TimeSpan.Zero);
        try
        {
            var packet = await link.ReadAsync(patience.Token);
            if (packet.Type == PacketType.Publish)
            {
                Note(packet, found);
            }

            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Note(ReceivedPacket packet, int[] found)
    {
        Assert.Equal(PacketError.None, PublishPacket.TryRead(packet.Header.Flags, packet.Body, Scene.Packets.Version, out var publish));
        var name = Encoding.ASCII.GetString(publish.Topic);
        if (!Payload.TryRead(publish.Payload, name, out var value))
        {
            Findings.Add(Fault.Corrupt, $"retained message of {name}");
            return;
        }

        found[int.Parse(name.AsSpan(name.LastIndexOf('/') + 1), CultureInfo.InvariantCulture)] = value;
    }
}
