using Godwit.Bench.Clients;
using Godwit.Bench.Plans;
using Godwit.Bench.Sockets;
using Godwit.Bench.Workers;
using Godwit.Protocol;
using Godwit.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Bench.Tests;

/// <summary>A load tool that collects garbage measures its own pauses.</summary>
public sealed class AllocationTests
{
    private const int Clients = 4;
    private const long Messages = 20_000;

    [Theory]
    [InlineData(QoS.AtMostOnce, null)]
    [InlineData(QoS.AtLeastOnce, null)]
    [InlineData(QoS.ExactlyOnce, "%s of %c")]
    public async Task Sending_and_receiving_allocate_nothing_in_steady_state(QoS qos, string? text)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The loop of other systems asks lists of sockets.");
        await using var server = await GodwitServer.StartAsync(new ServerOptions { Port = 0 }, NullLoggerFactory.Instance);
        var plan = new BenchPlan { Shape = BenchShape.PubSub, QoS = qos, Publishers = Clients, Subscribers = Clients, Topics = Clients, PayloadTemplate = text };
        var run = new RunState(plan, new Workload(plan), server.Listeners[0].EndPoint, []);
        run.Publishers = [.. Enumerable.Range(0, Clients).Select(index => new Publisher(plan, index, worker: 0))];
        using var poller = new EpollPoller(2 * Clients, eventsMax: 512);
        var worker = new Worker(run, 0, poller);
        run.Workers = [worker];
        Turn(run, RunPhase.OpenSubscribers, () => worker.Counters.ReadySubscribers == Clients);
        Turn(run, RunPhase.OpenPublishers, () => worker.Counters.ReadyPublishers == Clients);
        Turn(run, RunPhase.Publish, () => worker.Counters.Received >= Messages);
        var (bytes, received) = (GC.GetAllocatedBytesForCurrentThread(), worker.Counters.Received);

        Turn(run, RunPhase.Publish, () => worker.Counters.Received >= received + Messages);

        // What remains are a buffer that grows now and then, and the closure above.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - bytes, 0, Messages / 10);
    }

    private static void Turn(RunState run, RunPhase phase, Func<bool> isDone)
    {
        var startNs = MonotonicTime.NowNs;
        run.Enter(phase);
        while (!isDone())
        {
            Assert.True(run.Workers[0].Turn());
            Assert.True(MonotonicTime.NowNs - startNs < 20_000_000_000, "20 s without an end");
        }
    }
}
