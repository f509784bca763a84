using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>curl speaks MQTT 3.1.1 at QoS 0: a very small client that many systems have.</summary>
public sealed class Curl(BrokerUnderTest broker, MosquittoTools client) : Scenario<MosquittoTools>(broker, client)
{
    [Fact, Spec("R54")]
    public async Task Publishes()
    {
        var topic = Unique.Name("curl");
        await using var watcher = await WatchAsync($"{topic}/a");

        await using var curl = Run("-d", "21.5", $"mqtt://{Broker.Host}:{Broker.PortText}/{topic}/a");
        Assert.True(await curl.EndAsync() == 0, curl.Transcript());

        var message = await watcher.NextAsync();
        Assert.Equal(("21.5", 0), (message.Text, message.QoS));
    }

    [Fact, Spec("R54")]
    public async Task Subscribes()
    {
        var topic = Unique.Name("curl");
        await OtherPublishesAsync(MqttVersion.Mqtt311, $"{topic}/a", "retained\n", retain: true);

        await using var curl = Run("-N", $"mqtt://{Broker.Host}:{Broker.PortText}/{topic}/a");

        // curl shows the rest of the PUBLISH packet: two bytes of length, topic, payload.
        await curl.LineAsync(line => line.EndsWith($"{topic}/aretained", StringComparison.Ordinal), "retained message");

        await OtherPublishesAsync(MqttVersion.Mqtt311, $"{topic}/a", "live\n");
        await curl.LineAsync(line => line.EndsWith($"{topic}/alive", StringComparison.Ordinal), "live message");
    }

    private static ProgramRun Run(params string[] line)
    {
        Assert.SkipUnless(SpeaksMqtt(), "this curl is built without MQTT");

        return ProgramRun.Start(Programs.Require("curl", "curl"), ["-sS", .. line]);
    }

    private static bool SpeaksMqtt()
    {
        var start = new System.Diagnostics.ProcessStartInfo(Programs.Require("curl", "curl"), "--version")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var version = System.Diagnostics.Process.Start(start)!;

        return version.StandardOutput.ReadToEnd().Contains(" mqtt ", StringComparison.Ordinal);
    }
}
