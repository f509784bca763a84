using Godwit.Interop.Brokers;
using Godwit.Interop.Clients;
using Godwit.Interop.Running;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>A client in Java: FuseSource's mqtt-client, Debian's <c>libmqtt-client-java</c>. Paho's is not to be had.</summary>
public sealed class Java(BrokerUnderTest broker, MosquittoTools client, JavaEcho java) : Scenario<MosquittoTools>(broker, client), IClassFixture<JavaEcho>
{
    [Theory, Spec("R54")]
    [InlineData("3.1", MqttVersion.Mqtt31, 0)]
    [InlineData("3.1", MqttVersion.Mqtt31, 2)]
    [InlineData("3.1.1", MqttVersion.Mqtt311, 0)]
    [InlineData("3.1.1", MqttVersion.Mqtt311, 1)]
    [InlineData("3.1.1", MqttVersion.Mqtt311, 2)]
    public async Task Receives_and_publishes(string version, MqttVersion other, int qos)
    {
        var topic = Unique.Name("java");
        await using var watcher = await WatchAsync($"{topic}/out");
        await using var echo = await java.StartAsync(Broker, version, Unique.Name("java"), isClean: true, $"{topic}/+/in", $"{topic}/out", qos);

        foreach (var text in new[] { "one", "two" })
        {
            await OtherPublishesAsync(other, $"{topic}/x/in", text, qos);

            var message = await watcher.NextAsync();
            Assert.Equal((text, qos), (message.Text, message.QoS));
        }

        await OtherPublishesAsync(other, $"{topic}/x/in", "leave", 1);
        Assert.Equal(0, await echo.EndAsync());
        await OtherPublishesAsync(other, $"{topic}/out", "no will came", 1);
        Assert.Equal("no will came", (await watcher.NextAsync()).Text);
    }

    [Theory, InlineData("3.1", MqttVersion.Mqtt31), InlineData("3.1.1", MqttVersion.Mqtt311), Spec("R30", "R41", "R54")]
    public async Task Killed_it_leaves_a_will_and_finds_its_messages_when_it_is_back(string version, MqttVersion other)
    {
        var topic = Unique.Name("java");
        var clientId = Unique.Name("java");
        await using var watcher = await WatchAsync($"{topic}/out");
        Task<ProgramRun> StartAsync() => java.StartAsync(Broker, version, clientId, isClean: false, $"{topic}/in", $"{topic}/out", 1);

        await using (var before = await StartAsync())
        {
            await before.KillAsync();
        }

        Assert.Equal("gone", (await watcher.NextAsync()).Text);
        await OtherPublishesAsync(other, $"{topic}/in", "sent while away", 1);

        await using var after = await StartAsync();
        Assert.Equal("sent while away", (await watcher.NextAsync()).Text);
    }
}
