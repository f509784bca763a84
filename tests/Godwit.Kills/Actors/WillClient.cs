using System.Diagnostics;
using System.Globalization;
using Godwit.Kills.Messages;
using Godwit.Kills.Wire;
using Godwit.Protocol;

namespace Godwit.Kills.Actors;

/// <summary>A client with a will and a durable session. Each connection has a will of its own number, and says how it must end.</summary>
internal sealed class WillClient(Scene scene, string clientId, Random random, PublishedTopic topic, IReadOnlyList<WillEnd> ends, WillBook book)
{
    private const uint LongDelaySeconds = 20;
    private static readonly TimeSpan SurelyBack = TimeSpan.FromSeconds(LongDelaySeconds * 0.7);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A DISCONNECT has no answer but the end of the connection: what it disarms is on disk a little later.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private volatile bool _isFinishing;
    private int _armed = -1;
    private Stopwatch? _away;

    /// <summary>Says goodbye after the end that is under way.</summary>
    public void Finish() => _isFinishing = true;

    /// <summary>Connects, ends, and connects again.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!_isFinishing)
        {
            try
            {
                await VisitAsync(_armed < 0 ? ends[random.Next(ends.Count)] : WillEnd.WithBroker, ct);
            }
            catch (ConnectionLostException)
            {
                await Task.Delay(Pause, ct);
            }
        }
    }

    private static uint DelayOf(WillEnd end) => end switch
    {
        WillEnd.WithBrokerAndBack => LongDelaySeconds,
        WillEnd.WithBrokerAndAway => 1,
        _ => 0,
    };

    private string How(WillEnd end) => string.Create(CultureInfo.InvariantCulture, $"{end} in life {scene.Broker.Life}");

    private async Task VisitAsync(WillEnd end, CancellationToken ct)
    {
        using var link = await Link.OpenAsync(scene.Broker.EndPoint, scene.Packets.Version, ct);
        var number = topic.Add();
        var will = new WillOptions(topic.Name, Payload.Make(topic.Name, number, 60), topic.QoS, DelayOf(end));
        link.Write(scene.Packets.Connect(clientId, will: will));
        var connack = await link.ReadAsync(ct);                     // when it does not come, nobody knows about this will
        if (connack.Type != PacketType.Connack || connack.ConnectReasonCode != 0)
        {
            throw new ConnectionLostException($"{connack.Type} came");
        }

        SettleDelayed();
        switch (end)
        {
            case WillEnd.Drop:
                await StayAsync(link, TimeSpan.FromMilliseconds(random.Next(150)), ct);
                link.Drop(reset: random.Next(2) == 0);
                book.IsDue(topic, number, How(end));
                break;

            case WillEnd.Disconnect:
                await LeaveAsync(link, number, ct);
                break;

            default:
                await DieAsync(link, end, number, ct);
                break;
        }
    }

    /// <summary>Back again after an end with a long delay: its will must not come.</summary>
    private void SettleDelayed()
    {
        if (_armed >= 0 && _away!.Elapsed < SurelyBack)
        {
            book.IsOff(topic, _armed, How(WillEnd.WithBrokerAndBack));
        }

        _armed = -1;
    }

    /// <summary>Reads until the connection ends or the time is over.</summary>
    private static async Task<bool> StayAsync(Link link, TimeSpan time, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(time);
        try
        {
            while (true)
            {
                await link.ReadAsync(patience.Token);
            }
        }
        catch (ConnectionLostException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return true;
        }
    }

    private async Task LeaveAsync(Link link, int number, CancellationToken ct)
    {
        var changes = scene.Broker.Changes;
        await StayAsync(link, TimeSpan.FromMilliseconds(random.Next(150)), ct);
        link.Write(Packets.Disconnect);
        await link.FlushAsync(ct);
        await StayAsync(link, Patience, ct);
        await Task.Delay(Settled, ct);
        if (!scene.Broker.WasKilledSince(changes))
        {
            book.IsOff(topic, number, How(WillEnd.Disconnect));
        }
    }

    private async Task DieAsync(Link link, WillEnd end, int number, CancellationToken ct)
    {
        while (await StayAsync(link, TimeSpan.FromMilliseconds(20), ct))
        {
            if (_isFinishing)
            {
                link.Write(Packets.Disconnect);
                await link.FlushAsync(ct);
                return;
            }
        }

        switch (end)
        {
            case WillEnd.WithBrokerAndBack:
                (_armed, _away) = (number, Stopwatch.StartNew());
                break;

            case WillEnd.WithBrokerAndAway:
                book.IsDue(topic, number, How(end));
                for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience && !book.HasCome(topic, number) && !_isFinishing;)
                {
                    await Task.Delay(20, ct);
                }

                break;

            default:
                book.IsDue(topic, number, How(end));
                break;
        }
    }
}
