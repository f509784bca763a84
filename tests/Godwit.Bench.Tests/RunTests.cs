using Godwit.Bench.Plans;
using Godwit.Bench.Reports;
using Godwit.Bench.Runs;
using Godwit.Protocol;
using Godwit.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Bench.Tests;

/// <summary>Every shape of load against this broker: what is sent, due and received agrees to the last message.</summary>
public sealed class RunTests : IAsyncLifetime
{
    private GodwitServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await GodwitServer.StartAsync(new ServerOptions { Port = 0, Shards = 2 }, NullLoggerFactory.Instance);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(QoS.AtMostOnce, ProtocolVersion.Mqtt5, 1, false)]
    [InlineData(QoS.AtLeastOnce, ProtocolVersion.Mqtt5, 1, false)]
    [InlineData(QoS.ExactlyOnce, ProtocolVersion.Mqtt5, 1, false)]
    [InlineData(QoS.AtMostOnce, ProtocolVersion.Mqtt311, 3, false)]
    [InlineData(QoS.AtLeastOnce, ProtocolVersion.Mqtt311, 2, false)]
    [InlineData(QoS.ExactlyOnce, ProtocolVersion.Mqtt31, 1, false)]
    [InlineData(QoS.AtMostOnce, ProtocolVersion.Mqtt5, 1, true)]
    [InlineData(QoS.AtLeastOnce, ProtocolVersion.Mqtt311, 2, true)]
    [InlineData(QoS.ExactlyOnce, ProtocolVersion.Mqtt5, 1, true)]
    public void Pairs_exchange_every_message_at_every_QoS(QoS qos, ProtocolVersion version, int threads, bool isPortable)
    {
        var result = Run(Plan(BenchShape.PubSub) with
        {
            QoS = qos, Version = version, Threads = threads, UsePortableLoop = isPortable, Publishers = 4, Subscribers = 4, Topics = 4, PayloadSize = 64, MessageCount = 4_000,
        });

        IsComplete(result, sent: 4_000, received: 4_000);
        Assert.Equal(4_000, result.Latency.Count);
        Assert.Equal(qos == QoS.AtMostOnce ? 0 : 4_000, result.Acknowledgement.Count);
        Assert.Equal(8, result.Connect.Count);
        Assert.True(result.SentRate > 0 && result.ReceivedRate > 0);
    }

    [Theory]
    [InlineData(1, 30, 1, 200, 6_000)]      // fan-out
    [InlineData(30, 1, 1, 3_000, 3_000)]    // fan-in over one topic
    [InlineData(30, 1, 30, 3_000, 3_000)]   // fan-in over many
    [InlineData(2, 3, 12, 1_200, 1_200)]
    [InlineData(1, 1, 200, 1_000, 1_000)]   // more filters than one SUBSCRIBE has
    [Spec("R55")]
    public void Fan_out_and_fan_in_bring_what_is_due(int publishers, int subscribers, int topics, int sent, int received)
    {
        var result = Run(Plan(BenchShape.PubSub) with { Publishers = publishers, Subscribers = subscribers, Topics = topics, MessageCount = sent, QoS = QoS.AtLeastOnce });

        IsComplete(result, sent, received);
    }

    [Fact]
    public void A_shared_group_gets_each_message_once()
    {
        var result = Run(Plan(BenchShape.PubSub) with { Subscribers = 5, Share = "g", MessageCount = 1_000, QoS = QoS.AtLeastOnce });

        IsComplete(result, 1_000, 1_000);
    }

    [Fact]
    public void Topics_and_payloads_with_variables_arrive()
    {
        var result = Run(Plan(BenchShape.PubSub) with
        {
            Publishers = 2, Subscribers = 2, Topics = 2, Topic = "v/%c/%u/%i/%s", UserName = "user%i", PayloadTemplate = "%s of %c", MessageCount = 500, QoS = QoS.AtLeastOnce,
        });

        IsComplete(result, 500, 500);
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(900_000)]       // larger than the buffer that all connections share
    public void Large_payloads_arrive(int size)
    {
        IsComplete(Run(Plan(BenchShape.PubSub) with { PayloadSize = size, MessageCount = 20, QoS = QoS.AtLeastOnce, Window = 4 }), 20, 20);
    }

    [Fact]
    public void A_timed_run_measures_behind_its_warm_up()
    {
        var result = Run(Plan(BenchShape.PubSub) with { Warmup = TimeSpan.FromMilliseconds(150), Duration = TimeSpan.FromMilliseconds(150), QoS = QoS.AtLeastOnce });

        IsComplete(result, result.Totals.Sent, result.Totals.Sent);
        Assert.InRange(result.Latency.Count, 1, result.Totals.Received - 1);
        Assert.InRange(result.Seconds, 0.15, 10);
    }

    [Fact]
    public void Pub_needs_nobody_who_listens()
    {
        var result = Run(Plan(BenchShape.Pub) with { Publishers = 10, Subscribers = 0, Topics = 10, QoS = QoS.ExactlyOnce, MessageCount = 2_000, Version = ProtocolVersion.Mqtt311 });

        Assert.Equal((2_000, 2_000, 0, 0), (result.Totals.Sent, result.Totals.Acknowledged, result.Totals.Expected, result.Totals.Errors));
    }

    [Theory]
    [InlineData(16, 900)]
    [InlineData(600_000, 12)]       // larger than the buffer of who does not know what will come
    public async Task Sub_checks_what_another_run_publishes(int size, int count)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var isReady = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listening = Task.Run(() => BenchRun.Execute(
            Plan(BenchShape.Sub) with { Publishers = 0, Subscribers = 2, Topics = 2, Topic = "bench/#", Duration = TimeSpan.Zero, Warmup = TimeSpan.Zero },
            progress =>
            {
                (progress.Totals.ReadySubscribers == 2 ? isReady : null)?.TrySetResult();
                (progress.Totals.Received >= 2 * count ? isDone : null)?.TrySetResult();
            },
            end.Token));
        await isReady.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Run(Plan(BenchShape.Pub) with { Publishers = 3, Subscribers = 0, Topics = 3, QoS = QoS.AtLeastOnce, PayloadSize = size, MessageCount = count });
        await isDone.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await end.CancelAsync();
        var result = await listening;

        Assert.Equal((2 * count, 0, 0, 0), (result.Totals.Received, result.Lost, result.Totals.Duplicates, result.Totals.Foreign));
        Assert.Equal(2 * count, result.Latency.Count);
        Assert.True(result.IsInterrupted);
    }

    [Fact]
    public void An_open_loop_keeps_its_rate()
    {
        var result = Run(Plan(BenchShape.Latency) with { Publishers = 5, Subscribers = 5, Topics = 5, OpenLoopRate = 2_000, MessageCount = 600 });

        IsComplete(result, 600, 600);
        Assert.True(result.Seconds >= 0.29, $"600 messages at 2,000 a second took {result.Seconds} s");
    }

    [Fact]
    public void Conn_holds_its_connections_and_pings()
    {
        var result = Run(Plan(BenchShape.Conn) with
        {
            Publishers = 0, Subscribers = 200, Topics = 200, Topic = "own/%i", Threads = 2, KeepAliveSeconds = 1, Duration = TimeSpan.FromMilliseconds(600), BrokerPid = Environment.ProcessId,
        });

        Assert.Equal((200, 0), (result.Totals.ReadySubscribers, result.Totals.Errors));
        Assert.InRange(result.Totals.Pongs, 1, result.Totals.Pings);
        Assert.InRange(result.Ping.Count, result.Totals.Pongs, long.MaxValue);     // it goes on until the connections close
        Assert.Equal(200, Figure(result, "connected"));
        Assert.Equal(["open", "hold"], result.Usage.Select(section => section.Name));
        if (OperatingSystem.IsLinux())
        {
            Assert.True(result.Usage[0].BrokerCpu > 0 && result.Usage[0].After.ResidentKb > 0);
        }
    }

    [Fact]
    public void Retained_messages_are_stored_received_and_removed()
    {
        var plan = Plan(BenchShape.Retained) with { Topics = 500, Topic = "retained/%i", Filter = "retained/#", MessageCount = 500, Retain = true, Credit = 0, Subscribers = 2 };

        IsComplete(Run(plan with { Keep = true }), 500, 1_000);
        IsComplete(Run(plan with { QoS = QoS.AtLeastOnce }), 500, 1_000);

        var left = Run(Plan(BenchShape.PubSub) with { Topic = "other", Filter = "retained/#", MessageCount = 1 });
        Assert.Equal((0, 0), (left.Totals.Received, left.Totals.Foreign));
    }

    [Fact]
    public void Wildcard_subscribers_get_what_matches()
    {
        var result = Run(Plan(BenchShape.Wild) with { Publishers = 2, Subscribers = 100, Topics = 100, MessageCount = 2_000, TreeBreadth = 3, QoS = QoS.AtLeastOnce });

        IsComplete(result, 2_000, result.Totals.Expected);
        Assert.True(result.Totals.Expected > 2_000);
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt5)]
    [InlineData(ProtocolVersion.Mqtt311)]
    public void Queues_keep_what_comes_while_sessions_are_away(ProtocolVersion version)
    {
        var result = Run(Plan(BenchShape.Queue) with { Subscribers = 3, Topics = 3, Topic = "queue/%i", QoS = QoS.AtLeastOnce, MessageCount = 600, Credit = 0, Version = version });

        IsComplete(result, 600, 600);
        Assert.Equal((3, 0), (Figure(result, "sessions_present"), Figure(result, "received_before_return")));
    }

    [Fact]
    public void Messages_that_are_not_of_the_run_are_foreign()
    {
        Run(Plan(BenchShape.Pub) with { Subscribers = 0, Topic = "bench/0", Retain = true, MessageCount = 1 });

        var result = Run(Plan(BenchShape.PubSub) with { MessageCount = 50, QoS = QoS.AtLeastOnce });

        IsComplete(result, 50, 50);
        Assert.Equal(1, result.Totals.Foreign);
    }

    [Fact]
    public void An_interrupted_run_still_has_a_result()
    {
        using var interrupted = new CancellationTokenSource();

        var result = BenchRun.Execute(
            Plan(BenchShape.PubSub) with { Duration = TimeSpan.Zero, Warmup = TimeSpan.Zero, QoS = QoS.AtLeastOnce },
            progress => (progress.Totals.Received > 0 ? interrupted : null)?.Cancel(),
            interrupted.Token);

        Assert.True(result.IsInterrupted);
        IsComplete(result, result.Totals.Sent, result.Totals.Sent);
        Assert.NotEmpty(result.Samples);
    }

    [Fact]
    public void Every_shape_has_its_fields_in_JSON_and_a_page_of_HTML()
    {
        var result = Run(Plan(BenchShape.PubSub) with { MessageCount = 100, QoS = QoS.AtLeastOnce });

        Assert.Contains("\"sent\":100,\"acked\":100,\"received\":100,\"expected\":100,\"lost\":0", JsonReport.Write(result));
        Assert.EndsWith("</html>\n", HtmlReport.Write(result));
    }

    private static double Figure(BenchResult result, string name) => result.Figures.Single(figure => figure.Name == name).Value;

    private static void IsComplete(BenchResult result, long sent, long received)
    {
        Assert.Null(result.FirstError);
        Assert.Equal((sent, received, received), (result.Totals.Sent, result.Totals.Expected, result.Totals.Received));
        Assert.Equal((0, 0, 0, 0), (result.Lost, result.Totals.Duplicates, result.Totals.OutOfOrder, result.Totals.Errors));
        Assert.Equal(result.Plan.QoS == QoS.AtMostOnce ? 0 : sent, result.Totals.Acknowledged);
    }

    private static BenchResult Run(BenchPlan plan) => BenchRun.Execute(plan, _ => { }, TestContext.Current.CancellationToken);

    private BenchPlan Plan(BenchShape shape) => new()
    {
        Shape = shape,
        Host = "127.0.0.1",
        Port = _server.Listeners[0].EndPoint.Port,
        IdPrefix = "t",
        Credit = 500,       // or a subscriber's shard that gets no time for a moment makes the broker drop what exceeds its limits
        Settle = TimeSpan.Zero,
    };
}
