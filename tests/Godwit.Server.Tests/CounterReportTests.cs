using Godwit.Broker;
using Godwit.Server.Hosting;
using Godwit.Server.Logging;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests;

public sealed class CounterReportTests
{
    [Fact]
    public async Task What_was_not_delivered_is_summed_by_reason_once()
    {
        await using var server = await TestServer.StartAsync(TransportKind.Default);
        var target = new StringWriter();
        using (var provider = LogOutput.Create(new LogOptions(), target, TextWriter.Null))
        using (var report = new CounterReport(server.Server.Core, provider.CreateLogger("Godwit")))
        {
            report.ReportDrops();                   // nothing to tell: no line
            var counters = server.Server.Core.Shards[0].Counters;
            counters.Dropped[(int)DropReason.QueueFull] += 12;
            counters.Dropped[(int)DropReason.Expired] += 3;
            report.ReportDrops();
            counters.Dropped[(int)DropReason.Expired] += 1;
            report.ReportDrops();
        }

        var lines = target.ToString().Split(Environment.NewLine)[..^1];
        Assert.Equal(2, lines.Length);
        Assert.EndsWith(" info  not delivered in the last minute: QueueFull 12, Expired 3", lines[0]);
        Assert.EndsWith(" info  not delivered in the last minute: Expired 1", lines[1]);
    }
}
