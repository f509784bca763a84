using Godwit.Broker.Sessions;
using Godwit.Protocol;
using Godwit.Server.Hosting;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Service;

public sealed class TreeReportTests
{
    [Fact]
    public void The_report_is_the_tree_of_filters_and_then_the_sessions()
    {
        SessionSummary[] sessions =
        [
            new("b", "alice", IsConnected: true, Queued: 0, [("home/+/lamp", QoS.AtLeastOnce), ("home", QoS.AtMostOnce)]),
            new("a\n", null, IsConnected: false, Queued: 3, [("home/+/lamp", QoS.AtMostOnce), ("$share/g/x", QoS.AtMostOnce)]),
        ];

        Assert.Equal(
            """
            subscriptions: 4
              $share
                g
                  x (1)
              home (1)
                +
                  lamp (2)
            sessions: 2, connected: 1
              "a\u{A}": away, 2 subscriptions, 3 queued
              "b" as user "alice": connected, 2 subscriptions, 0 queued

            """,
            TreeReport.Describe(sessions));
    }

    [Fact]
    public void A_filter_of_very_many_levels_is_written_like_any_other()
    {
        var report = TreeReport.Describe([new("a", null, IsConnected: true, 0, [(new string('/', 65_534), QoS.AtMostOnce)])]);

        Assert.Equal(1 + 65_535 + 2, report.Count(character => character == '\n'));
    }

    [Fact]
    public async Task A_running_broker_tells_of_every_shard()
    {
        await using var server = await TestServer.StartAsync(TransportKind.Default);
        using var first = await (await server.ConnectAsync("first")).SubscribeAsync("a/b");
        using var second = await (await server.ConnectAsync("another")).SubscribeAsync("a/c");
        var target = new StringWriter();

        await TreeReport.WriteAsync(server.Server.Core, target);

        Assert.Contains("subscriptions: 2\n", target.ToString());
        Assert.Contains("  \"first\": connected, 1 subscriptions, 0 queued\n", target.ToString());
        Assert.Contains("  \"another\": connected, 1 subscriptions, 0 queued\n", target.ToString());
    }
}
