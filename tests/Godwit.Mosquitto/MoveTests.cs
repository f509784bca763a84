using Godwit.Mosquitto.Running;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Mosquitto;

/// <summary>What clients left with Debian's mosquitto they find with our broker, which was started with the same files and a store made of its database.</summary>
public sealed class MoveTests
{
    [Fact]
    public async Task Sessions_their_queues_and_retained_messages_survive_the_switch()
    {
        await using var broker = await ExampleBroker.StartAsync(BrokerKind.Mosquitto, "persistence");
        await using var run = new ExampleRun(broker);
        await run.DropAsync(await run.SubscribeAsync("a session", "-p 1883 -i away -c -t 'a/+' -q 2 -t 'b/#'"));
        await run.DropAsync(await run.SubscribeAsync("a session, 5.0", "-p 1883 -V 5 -i five -x 3600 -c -t 'a/#' -q 1 -D SUBSCRIBE subscription-identifier 7"));
        await run.PublishAsync("QoS 0", "-p 1883 -t a/0 -m zero");
        await run.PublishAsync("QoS 1", "-p 1883 -t a/1 -m one -q 1");
        await run.PublishAsync("QoS 2", "-p 1883 -t a/2 -m two -q 2");
        await run.PublishAsync("retained", "-p 1883 -t kept/x -m 'for good' -q 1 -r");
        await run.PublishAsync("retained, with properties", "-p 1883 -V 5 -t kept/y -m 'for a while' -r -D PUBLISH content-type text/plain -D PUBLISH message-expiry-interval 1000");

        await broker.MoveAsync("/var/lib/mosquitto/state.db");

        await run.PublishAsync("after the switch", "-p 1883 -t a/end -m end -q 2");
        var away = await run.SubscribeAsync("the session is back", "-p 1883 -i away -c -t 'a/+' -q 2");
        await run.ReceiveAsync("it gets", away, "a/end");
        var five = await run.SubscribeAsync("the session is back, 5.0", "-p 1883 -V 5 -i five -x 3600 -c -t c -q 1");
        await run.ReceiveAsync("it gets, 5.0", five, "a/end");
        await run.CollectAsync("for good", "-p 1883 -t kept/x -C 1");
        await run.CollectAsync("for a while", "-p 1883 -V 5 -t kept/y -C 1 -F '> %t=%p %C r%r'");
        await run.PublishAsync("to an older subscription", "-p 1883 -t b/old -m old -q 1");
        Assert.Equal("a/1=one q1 r0; a/2=two q2 r0; a/end=end q2 r0", run.Seen["it gets"]);
        Assert.Equal("a/1=one q1 r0; a/2=two q1 r0; a/end=end q1 r0", run.Seen["it gets, 5.0"]);
        Assert.Equal("kept/x=for good q0 r1 exit 0", run.Seen["for good"]);
        Assert.Equal("kept/y=for a while text/plain r1 exit 0", run.Seen["for a while"]);
        Assert.EndsWith("b/old=old q1 r0", await away.UntilAsync("b/old"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exchanges_that_have_begun_go_on_with_the_same_packet_identifiers()
    {
        await using var broker = await ExampleBroker.StartAsync(BrokerKind.Mosquitto, "persistence");
        var port = broker.Example.Port(1883);
        using (var slow = await RawClient.ConnectAsync(port, "slow"))
        using (var half = await RawClient.ConnectAsync(port, "half"))
        {
            Assert.Equal("9003000102", await slow.AskAsync("820800010003732F2302", 5));
            await half.AskAsync("32080003732F78000161", 4);
            await half.AskAsync("34080003732F78000262", 4);
            await half.AskAsync("62020002", 4);
            await half.AskAsync("32080003732F78000363", 4);
            Assert.Equal("32080003732F7800016134080003732F7800026232080003732F78000363", await slow.ReceiveAsync(30));
            Assert.Equal("62020002", await slow.AskAsync("50020002", 4));
            Assert.Equal("5002004D", await half.AskAsync("34080003732F79004D64", 4));
        }

        await broker.MoveAsync("/var/lib/mosquitto/state.db");

        using var slowAgain = await RawClient.ConnectAsync(port, "slow", isPresent: true);
        using var halfAgain = await RawClient.ConnectAsync(port, "half", isPresent: true);
        Assert.Equal("3A080003732F78000161" + "62020002" + "3A080003732F78000363" + "34080003732F79000464", await slowAgain.ReceiveAsync(34));
        Assert.Equal("7002004D", await halfAgain.AskAsync("6202004D", 4));
    }

    [Theory]
    [InlineData("", "it is not a database of Mosquitto")]
    [InlineData("00B5006D6F7371756974746F2064620000000000000005", "it has version 5 of the format")]
    [InlineData("00B5006D6F7371756974746F206462000000000000000600000001", "it ends within a chunk")]
    [InlineData("00B5006D6F7371756974746F20646200000000000000060000000400000009", "it ends within a chunk")]
    [InlineData("00B5006D6F7371756974746F2064620000000000000006000000040000000400000000", "a field is longer than the chunk")]
    [InlineData("00B5006D6F7371756974746F2064620000000000000006000000090000000400000000", "a chunk has the kind 9")]
    public async Task What_is_no_database_leaves_no_store_behind(string hex, string error)
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "mosquitto.db");
        await File.WriteAllBytesAsync(file, Convert.FromHexString(hex), TestContext.Current.CancellationToken);
        await using var run = ProgramRun.Start(GodwitProgram.Require(), ["import", "mosquitto", "--database", file]);

        Assert.Equal(3, await run.EndAsync(Deadlines.StartUp));

        Assert.Contains(error, string.Join('\n', run.Errors.Lines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(directory.Path, "godwit")));
    }
}
