using System.Globalization;
using Godwit.Kills.Actors;
using Godwit.Kills.Brokers;
using Godwit.Kills.Judging;
using Godwit.Kills.Messages;
using Godwit.Kills.Wire;
using Godwit.Protocol;

namespace Godwit.Kills.Audit;

/// <summary>A light load for a traced broker: one client at a time, then several.</summary>
internal static class AuditRun
{
    private const string Topics = "audit/";
    private static readonly TimeSpan LoadTime = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Traces, loads, kills and audits.</summary>
    public static async Task<AuditReport> RunAsync(BrokerProgram program, ProtocolVersion version, string directory, CancellationToken ct)
    {
        var data = Path.Combine(directory, "data");
        var trace = Path.Combine(directory, "trace");
        var findings = new Findings();
        await using (var broker = new KilledBroker(Strace.Around(program, trace), data))
        {
            broker.Start();
            await broker.ListensAsync(ct);
            await LoadAsync(new Scene(broker, new Packets(version), findings), ct);
            await broker.KillAsync();
        }

        Assert.True(findings.Total == 0, findings.ToString());
        return new FlushAuditor(TraceReader.Read(await File.ReadAllLinesAsync(trace, ct)), data, Topics).Run();
    }

    private static async Task LoadAsync(Scene scene, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        List<PublishedTopic> topics = [];
        List<Publisher> publishers = [];
        foreach (var (window, perSecond) in new[] { (1, 50), (1, 50), (8, 100), (8, 100), (8, 100) })
        {
            var qos = publishers.Count % 2 == 0 ? QoS.AtLeastOnce : QoS.ExactlyOnce;
            var topic = new PublishedTopic(string.Create(CultureInfo.InvariantCulture, $"{Topics}{publishers.Count}"), qos);
            topics.Add(topic);
            publishers.Add(new Publisher(scene, topic.Name.Replace('/', '-'), new Random(window), [topic], new PublisherPace(window, perSecond, ReusesIds: window == 1)));
        }

        var inbox = new Inbox("audit", QoS.ExactlyOnce, isOrdered: true, topics, scene.Findings);
        var subscriber = new Subscriber(scene, "audit", new Random(1), Topics + "#", QoS.ExactlyOnce, inbox);
        var changer = new SubscriptionChanger(scene, "changer", new Random(1));
        List<Task> running = [subscriber.RunAsync(stop.Token)];
        await subscriber.Ready.WaitAsync(Patience, ct);

        foreach (var publisher in publishers[..2])
        {
            running.Add(publisher.RunAsync(stop.Token));
            await Task.Delay(LoadTime, ct);
            await publisher.FinishAsync().WaitAsync(Patience, ct);
            publisher.Leave();
        }

        publishers[0].Return();                 // a session that is resumed
        running.Add(changer.RunAsync(stop.Token));
        running.AddRange(publishers[2..].Select(publisher => publisher.RunAsync(stop.Token)));
        await Task.Delay(LoadTime, ct);
        await Task.WhenAll([changer.FinishAsync(), .. publishers[2..].Select(publisher => publisher.FinishAsync())]).WaitAsync(Patience, ct);
        Assert.Equal(0, inbox.Missing);
        await stop.CancelAsync();
        await Task.WhenAll(running);
    }
}
