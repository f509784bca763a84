using System.Diagnostics;
using Godwit.Interop.Clients;
using Godwit.Links.Namespaces;
using Godwit.Testing.Running;

namespace Godwit.Links.Tests;

/// <summary>The bad links are as bad as they say: else all that passes over them would show nothing.</summary>
public sealed class LinkTests(LossyLink lossy, SlowLink slow, MosquittoTools client) : IClassFixture<SlowLink>, IClassFixture<MosquittoTools>
{
    /// <summary>Of 400 packets at 5 % none is lost once in 10^9 runs.</summary>
    [Fact, Spec("R52")]
    public async Task Packets_are_lost_in_both_directions_and_no_message_is()
    {
        const int packets = 400;
        var topic = Unique.Name("lossy");
        await using var receiver = await client.SubscribeAsync(lossy.Address, Request(topic));
        var (toBroker, toClients) = (lossy.ToBroker, lossy.ToClients);

        for (var batch = 0; lossy.ToBroker.Arrived < toBroker.Arrived + packets || lossy.ToClients.Arrived < toClients.Arrived + packets; batch++)
        {
            Assert.True(batch < 40, $"{lossy.ToBroker} and {lossy.ToClients} after {batch} batches");
            string[] texts = [.. Enumerable.Range(0, 50).Select(number => $"{batch}.{number}")];
            await PublishLinesAsync(topic, texts);
            foreach (var text in texts)
            {
                Assert.Equal(text, (await receiver.NextAsync()).Text);
            }
        }

        Assert.True(lossy.ToBroker.Lost > toBroker.Lost, $"{lossy.ToBroker}");
        Assert.True(lossy.ToClients.Lost > toClients.Lost, $"{lossy.ToClients}");
    }

    /// <summary>Each way 3000 bytes take 2.5 seconds; the first few hundred do not wait.</summary>
    [Fact, Spec("R52")]
    public async Task At_9600_bits_per_second_bytes_take_their_time()
    {
        var topic = Unique.Name("slow");
        var text = new string('x', 3_000);
        await using var receiver = await client.SubscribeAsync(slow.Address, Request(topic));
        var started = Stopwatch.GetTimestamp();

        await client.PublishAsync(slow.Address, PublishRequest.Of(MqttVersion.Mqtt311, topic, text, 1));

        Assert.Equal(text, (await receiver.NextAsync()).Text);
        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(3), $"{Stopwatch.GetElapsedTime(started)}");
        Assert.True(slow.ToBroker.HeldBack > 0 && slow.ToClients.HeldBack > 0, $"{slow.ToBroker} and {slow.ToClients}");
    }

    [Fact]
    public async Task What_a_dead_run_has_left_is_removed()
    {
        _ = lossy.Address;      // skips the test where namespaces are not permitted
        var ip = Programs.Require("ip", "iproute2");
        await using var dead = ProgramRun.Start(Programs.Require("true", "coreutils"), []);
        await dead.EndAsync();
        var name = $"{NamespacePair.Prefix}{dead.ProcessId}-1-clients";
        SystemCommand.Run([ip, "netns", "add", name]);
        await using var orphan = ProgramRun.Start(Programs.Require("sleep", "coreutils"), ["600"], new RunOptions { Via = [ip, "netns", "exec", name] });
        while (SystemCommand.Run([ip, "netns", "pids", name]).Length == 0)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        NamespacePair.RemoveStaleOnes();

        Assert.False(NamespacePair.Exists(name));
        Assert.Equal(128 + 9, await orphan.EndAsync());
        Assert.NotNull(lossy.Address);
        Assert.Equal("1\n", SystemCommand.Run([.. lossy.Address.Via, "sh", "-c", "ls /sys/class/net | grep -c cable"]));
    }

    private static SubscribeRequest Request(string topic) => new()
    {
        Version = MqttVersion.Mqtt5,
        Filters = [topic],
        QoS = 2,
        ClientId = Unique.Name("receiver"),
    };

    private async Task PublishLinesAsync(string topic, string[] texts)
    {
        string[] line = ["-h", lossy.Address.Host, "-p", lossy.Address.PortText, "-V", "mqttv5", "-q", "2", "-t", topic, "-l"];
        var input = System.Text.Encoding.UTF8.GetBytes(string.Join('\n', texts) + "\n");
        await using var publisher = ProgramRun.Start(
            Programs.Require("mosquitto_pub", "mosquitto-clients"), line, new RunOptions { Via = lossy.Address.Via, Input = input });

        Assert.True(await publisher.EndAsync() == 0, publisher.Transcript());
    }
}
