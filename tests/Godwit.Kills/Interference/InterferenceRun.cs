using System.Diagnostics;
using System.Globalization;
using Godwit.Kills.Brokers;
using Godwit.Kills.Rates;
using Godwit.Kills.Wire;
using Godwit.Protocol;

namespace Godwit.Kills.Interference;

/// <summary>One broker in one phase: a store with old messages that stay, then both loads while the store has its work.</summary>
internal sealed class InterferenceRun(InterferencePhase phase, InterferenceOptions options, string directory)
{
    private const string Steady = "steady";
    private const string Churn = "churn";
    private const string Pins = "pins";
    private const int SteadyPayloadBytes = 100;
    private const int LargePayloadBytes = 16 * 1024;
    private const int Batch = 64;

    /// <summary>Of all messages, so many stay queued in <see cref="InterferencePhase.Compaction"/>.</summary>
    private const double HoardedShare = 0.125;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _data = Path.Combine(directory, "data");

    public async Task<PhaseFigures> RunAsync(CancellationToken ct)
    {
        await using var broker = new KilledBroker(Program(), _data);
        broker.Start();
        await broker.ListensAsync(ct);
        using var stop = new CancellationTokenSource();
        var subscriber = new RateSubscriber(broker.EndPoint, RatePublisher.AllTopics, Steady + "/#", Churn + "/#");
        var subscribing = subscriber.RunAsync(stop.Token);
        await await Task.WhenAny(subscriber.Subscribed, subscribing);
        await MakeOldMessagesAsync(broker, ct);
        if (phase == InterferencePhase.Compaction)
        {
            await LeaveAsync(broker, "hoarder", HoardedTopics(), ct);
            await FillAsync(broker, ct);
        }

        await using var backups = phase == InterferencePhase.Backup ? new BackupLoop(_data, directory) : null;
        var before = (Oldest: StoreLook.Oldest(_data, "hot"), Read: StoreLook.BytesRead(broker.ProcessId), Memory: 0L);
        var closed = await MeasureClosedAsync(broker, () => before.Memory = ResidentMemory.Now(broker.ProcessId));
        var open = await MeasureOpenAsync(broker, ct);
        var memory = (before.Memory, ResidentMemory.Now(broker.ProcessId));
        if (backups is not null)
        {
            await backups.EndAsync();       // the last one goes on for a moment, and counts
        }

        var figures = new PhaseFigures
        {
            Closed = closed,
            Open = open,
            Memory = memory,
            Retired = StoreLook.Oldest(_data, "hot") - before.Oldest,
            BytesRead = StoreLook.BytesRead(broker.ProcessId) - before.Read,
            Backups = backups?.Count ?? 0,
        };
        await stop.CancelAsync();
        await subscribing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return figures;
    }

    private BrokerProgram Program()
    {
        var rate = phase switch
        {
            InterferencePhase.Scrub => 5_000_000,
            InterferencePhase.ScrubUnthrottled => long.MaxValue,
            _ => 0,
        };
        return GodwitBroker.Program(
            GodwitBroker.Sync,
            "--set", "Limits:QueueBytesMax=8000000000",
            "--set", string.Create(CultureInfo.InvariantCulture, $"SegmentSizeBytes={options.SegmentBytes}"),
            "--set", "ScrubDelaySeconds=0",
            "--set", "ScrubIntervalHours=0",
            "--set", string.Create(CultureInfo.InvariantCulture, $"ScrubBytesPerSecond={rate}"));
    }

    private IEnumerable<string> HoardedTopics() =>
    [
        .. Enumerable.Range(0, options.Publishers).Where(number => number % (int)(1 / HoardedShare) == 0).Select(RatePublisher.Topic),
        .. SteadyLoad.Topics(Steady, HoardedShare),
        .. SteadyLoad.Topics(Churn, HoardedShare),
    ];

    /// <summary>A session whose client stays away.</summary>
    private static async Task LeaveAsync(KilledBroker broker, string clientId, IEnumerable<string> filters, CancellationToken ct)
    {
        using var client = await Client.ConnectAsync(broker.EndPoint, ProtocolVersion.Mqtt5, clientId, isDurable: true, ct);
        foreach (var filter in filters)
        {
            await client.SubscribeAsync(filter, QoS.AtLeastOnce);
        }

        await client.LeaveAsync();
    }

    /// <summary>Messages for somebody who is away, and then so many that come and go that the first are in the cold generation and the rest is gone.</summary>
    private async Task MakeOldMessagesAsync(KilledBroker broker, CancellationToken ct)
    {
        await LeaveAsync(broker, "away", [Pins], ct);
        using var publisher = await Client.ConnectAsync(broker.EndPoint, ProtocolVersion.Mqtt5, "maker", isDurable: false, ct);
        for (var bytes = 0; bytes < options.PinnedBytes; bytes += Batch * LargePayloadBytes)
        {
            await PublishAsync(publisher, Pins);
        }

        var last = StoreLook.Newest(_data, "hot");
        for (var clock = Stopwatch.StartNew(); StoreLook.Oldest(_data, "hot") <= last;)
        {
            Assert.True(clock.Elapsed < Patience, "old messages are not compacted");
            await PublishAsync(publisher, Churn + "/maker");
        }
    }

    /// <summary>Messages of which a part stays, until the store is as large as it may get: from now on every segment that begins makes another one be copied.</summary>
    private async Task FillAsync(KilledBroker broker, CancellationToken ct)
    {
        using var publisher = await Client.ConnectAsync(broker.EndPoint, ProtocolVersion.Mqtt5, "filler", isDurable: false, ct);
        var last = StoreLook.Newest(_data, "hot");
        for (var clock = Stopwatch.StartNew(); StoreLook.Oldest(_data, "hot") <= last;)
        {
            Assert.True(clock.Elapsed < Patience, "nothing is compacted");
            for (var number = 0; number < (int)(1 / HoardedShare); number++)
            {
                await PublishAsync(publisher, number == 0 ? SteadyLoad.Topic(Churn, 0) : Churn + "/maker");
            }
        }
    }

    private static async Task PublishAsync(Client publisher, string topic) => Assert.All(
        await publisher.PublishAllAsync(topic, [.. Enumerable.Repeat(new byte[LargePayloadBytes], Batch)], QoS.AtLeastOnce),
        code => Assert.Equal(0, code));

    private async Task<RateFigures> MeasureClosedAsync(KilledBroker broker, Action begin)
    {
        using var stop = new CancellationTokenSource();
        var publishers = Enumerable.Range(0, options.Publishers).Select(number => new RatePublisher(broker.EndPoint, number, options.Window, SteadyPayloadBytes)).ToList();
        var running = publishers.Select(publisher => publisher.RunAsync(Task.CompletedTask, stop.Token)).ToList();
        await Task.Delay(options.WarmUp, CancellationToken.None);
        begin();
        var (time, cpu) = await MeasureAsync(broker, running);
        await stop.CancelAsync();
        await Task.WhenAll(running);
        return RateFigures.Of([.. publishers.SelectMany(publisher => publisher.Latencies)], time, cpu);
    }

    private async Task<RateFigures> MeasureOpenAsync(KilledBroker broker, CancellationToken ct)
    {
        await using var churn = await SteadyLoad.StartAsync(broker.EndPoint, Churn, options.ChurnBytesPerSecond / (double)LargePayloadBytes, LargePayloadBytes, ct);
        await using var steady = await SteadyLoad.StartAsync(broker.EndPoint, Steady, options.PerSecond, SteadyPayloadBytes, ct);
        await Task.Delay(options.WarmUp, ct);
        var (time, cpu) = await MeasureAsync(broker, []);
        await steady.EndAsync();
        await churn.EndAsync();
        return RateFigures.Of([.. steady.Latencies], time, cpu);
    }

    private async Task<(TimeSpan Time, TimeSpan Cpu)> MeasureAsync(KilledBroker broker, IEnumerable<Task> running)
    {
        var clock = Stopwatch.StartNew();
        var cpu = ProcessorTime.Of(broker.ProcessId);
        RatePublisher.IsMeasured = true;
        await Task.WhenAny([Task.Delay(options.Time), .. running]);
        RatePublisher.IsMeasured = false;
        return (clock.Elapsed, ProcessorTime.Of(broker.ProcessId) - cpu);
    }
}
