using Godwit.Kills.Judging;
using Godwit.Kills.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Kills.Actors;

/// <summary>A client with a durable session, which connects again whenever its connection has ended.</summary>
internal abstract class Actor(Scene scene, string clientId, Random random)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private TaskCompletionSource _wanted = Completed();
    private CancellationTokenSource? _visit;
    private bool _hasSession;

    /// <summary>What this client is for has begun: its subscription is acknowledged.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Packets that the broker may send at the same time; 0 says nothing about it.</summary>
    public ushort ReceiveMaximum { get; init; }

    protected Scene Scene => scene;

    protected Findings Findings => scene.Findings;

    protected string ClientId => clientId;

    protected Random Random => random;

    /// <summary>How many packets the broker takes at the same time, from its CONNACK.</summary>
    protected int BrokerReceiveMaximum { get; private set; } = ushort.MaxValue;

    /// <summary>Connects and connects again until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var visit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            try
            {
                await Entrance(visit).WaitAsync(stop);
                await VisitAsync(visit.Token);
            }
            catch (OperationCanceledException)
            {
                // Told to leave, or to stop.
            }
            finally
            {
                lock (_lock)
                {
                    _visit = null;
                }
            }
        }
    }

    /// <summary>Leaves; the session stays. Nothing happens until <see cref="Return"/>.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (_wanted.Task.IsCompleted)
            {
                _wanted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _visit?.Cancel();
            }
        }
    }

    /// <summary>Connects again.</summary>
    public void Return()
    {
        lock (_lock)
        {
            _wanted.TrySetResult();
        }
    }

    /// <summary>What this client does while it is connected; ends by an exception only.</summary>
    /// <param name="link">After CONNACK.</param>
    /// <param name="isNew">There was no session, so that nothing is left of what was before.</param>
    /// <param name="ct">Leave.</param>
    protected abstract Task ServeAsync(Link link, bool isNew, CancellationToken ct);

    protected void SetReady() => _ready.TrySetResult();

    /// <summary>Something that a running broker must not do.</summary>
    protected void Misbehaved(string what) => Findings.Add(Fault.Misbehaved, $"{clientId}: {what}");

    /// <summary>Sends CONNECT, reads CONNACK and looks at Session Present.</summary>
    /// <returns>There was no session.</returns>
    private async Task<bool> ConnectAsync(Link link, CancellationToken ct)
    {
        link.Write(scene.Packets.Connect(clientId, receiveMaximum: ReceiveMaximum));
        var packet = await link.ReadAsync(ct);
        if (packet.Type != PacketType.Connack || packet.ConnectReasonCode != 0)
        {
            throw new ConnectionLostException($"{packet.Type} with {packet.ConnectReasonCode:x2} came where a CONNACK was expected");
        }

        var error = ConnackPacket.TryRead(packet.Body, scene.Packets.Version, out var connack);
        Assert.Equal(PacketError.None, error);
        BrokerReceiveMaximum = (int)connack.Properties.NumberOr(PropertyId.ReceiveMaximum, ushort.MaxValue);
        var isNew = !connack.SessionPresent;
        if (isNew && _hasSession)
        {
            Findings.Add(Fault.SessionLost, $"{clientId}: in life {scene.Broker.Life}");
        }

        _hasSession = true;
        return isNew;
    }

    private async Task VisitAsync(CancellationToken ct)
    {
        var changes = scene.Broker.Changes;
        try
        {
            using var link = await Link.OpenAsync(scene.Broker.EndPoint, scene.Packets.Version, ct);
            try
            {
                await ServeAsync(link, await ConnectAsync(link, ct), ct);
            }
            catch (OperationCanceledException)
            {
                await SayGoodbyeAsync(link);
                throw;
            }
            catch (ConnectionLostException exception) when (!scene.Broker.WasKilledSince(changes))
            {
                Misbehaved($"{exception.Message} in life {scene.Broker.Life}, while the broker was running");
                throw;
            }
        }
        catch (ConnectionLostException)
        {
            await Task.Delay(Pause, ct);
        }
    }

    /// <summary>Half of the clients say it, the others just go.</summary>
    private async Task SayGoodbyeAsync(Link link)
    {
        if (random.Next(2) == 0)
        {
            return;
        }

        try
        {
            link.Write(Wire.Packets.Disconnect);
            await link.FlushAsync(CancellationToken.None);
        }
        catch (ConnectionLostException)
        {
            // The broker was faster.
        }
    }

    private Task Entrance(CancellationTokenSource visit)
    {
        lock (_lock)
        {
            _visit = visit;
            return _wanted.Task;
        }
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
