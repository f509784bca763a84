using Godwit.Client.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Client.Tests;

/// <summary>The caller's mistakes, told at once.</summary>
public sealed class OptionsTests
{
    private static readonly MqttClientOptions Version3 = new() { Version = ProtocolVersion.Mqtt311 };

    public static TheoryData<string, MqttClientOptions> Wrong { get; } = new()
    {
        { "no host", new() { Host = "" } },
        { "port 0", new() { Port = 0 } },
        { "port 65536", new() { Port = 65_536 } },
        { "Receive Maximum 0", new() { ReceiveMaximum = 0 } },
        { "Maximum Packet Size 0", new() { MaximumPacketSize = 0 } },
        { "Topic Alias Maximum 65536", new() { TopicAliasMaximum = 65_536 } },
        { "no window", new() { InFlightMax = 0 } },
        { "Keep Alive 65536", new() { KeepAlive = TimeSpan.FromSeconds(65_536) } },
        { "negative Keep Alive", new() { KeepAlive = TimeSpan.FromSeconds(-1) } },
        { "negative expiry", new() { SessionExpiry = TimeSpan.FromSeconds(-7) } },
        { "client id with U+0000", new() { ClientId = "a\0b" } },
        { "client id with half a pair", new() { ClientId = "\uD800" } },
        { "client id of 65536 bytes", new() { ClientId = new string('a', 65_536) } },
        { "password of 65536 bytes", new() { Password = new byte[65_536] } },
        { "data without method", new() { AuthenticationData = new byte[1] } },
        { "user property with U+0000", new() { UserProperties = [new("a", "\0")] } },
        { "will topic with a wildcard", new() { Will = new() { Topic = "a/#" } } },
        { "empty will topic", new() { Will = new() { Topic = "" } } },
        { "will payload of 65536 bytes", new() { Will = new() { Topic = "a", Payload = new byte[65_536] } } },
        { "3.1.1: password without user name", Version3 with { Password = new byte[1] } },
        { "3.1.1: lasting session without id", Version3 with { CleanStart = false } },
        { "3.1.1: session expiry", Version3 with { SessionExpiry = TimeSpan.FromSeconds(1) } },
        { "3.1.1: user properties", Version3 with { UserProperties = [new("a", "b")] } },
        { "3.1.1: will delay", Version3 with { Will = new() { Topic = "a", Delay = TimeSpan.FromSeconds(1) } } },
        { "3.1.1: will property", Version3 with { Will = new() { Topic = "a", Properties = new() { ContentType = "x" } } } },
    };

    [Theory, Spec("MQTT3-3.1.2-22", "MQTT3-3.1.3-7", "MQTT-3.1.3-4", "MQTT-1.5.4-2", "MQTT-3.1.3-11")]
    [MemberData(nameof(Wrong))]
    public void Options_that_contradict_themselves_or_the_version_are_refused(string what, MqttClientOptions options)
    {
        Assert.NotEmpty(what);
        Assert.ThrowsAny<ArgumentException>(() => new MqttClient(options));
    }

    [Theory]
    [InlineData("mqtt://example.org:1884", "example.org", 1884)]
    [InlineData("mqtt://example.org", "example.org", 1883)]
    [InlineData("mqtt://[::1]:1885/", "::1", 1885)]
    [InlineData("mqtts://example.org:1884", "example.org", 1884, true)]
    [InlineData("mqtts://example.org", "example.org", 8883, true)]
    public void A_server_is_named_by_a_URL(string url, string host, int port, bool isEncrypted = false)
    {
        var options = new MqttClientOptions { Server = new Uri(url) };

        Assert.Equal((host, port, isEncrypted), (options.Host, options.Port, options.Tls is not null));
    }

    [Theory]
    [InlineData("http://example.org")]
    [InlineData("ws://example.org")]
    [InlineData("mqtt://user:secret@example.org")]
    [InlineData("mqtt://example.org/topic")]
    public void Another_URL_is_refused(string url) =>
        Assert.Throws<ArgumentException>(() => new MqttClientOptions { Server = new Uri(url) });

    [Fact, Spec("MQTT-4.7.3-1", "MQTT-4.7.0-1", "MQTT-4.7.3-3", "MQTT-3.3.1-4", "MQTT3-4.7.1-1", "MQTT3-4.7.3-1")]
    public async Task What_cannot_be_published_is_refused_at_once()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync();

        foreach (var topic in new[] { "", "a/#", "+", "a\0", "\uDC00", new string('a', 65_536) })
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => client.PublishAsync(topic, default).Soon());
        }

        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.PublishAsync("a", default, (MqttQoS)3).Soon());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.PublishAsync("a", default, new MqttPublishOptions { ResponseTopic = "#" }).Soon());
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact, Spec("MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.8.2-1", "MQTT-4.8.2-2", "MQTT-3.8.3-2", "MQTT-3.8.3-4", "MQTT-3.10.3-2", "MQTT3-3.8.3-3")]
    public async Task What_cannot_be_subscribed_to_is_refused_at_once()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync();

        foreach (var filter in new[] { "", "a+", "#/a", "$share/g", "$share//a", "$share/+/a", new string('a', 65_536) })
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => client.SubscribeAsync([filter]).Soon());
            await Assert.ThrowsAnyAsync<ArgumentException>(() => client.UnsubscribeAsync([filter]).Soon());
        }

        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.SubscribeAsync([]).Soon());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.UnsubscribeAsync([]).Soon());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.SubscribeAsync(["$share/g/a"], new() { NoLocal = true }).Soon());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.SubscribeAsync(["a"], new() { SubscriptionIdentifier = 268_435_456 }).Soon());
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task In_3_1_1_properties_are_the_callers_mistake()
    {
        var (client, connection) = await new ScriptedServer(ProtocolVersion.Mqtt311).ConnectAsync();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.PublishAsync("a", default, new MqttPublishOptions { ContentType = "x" }).Soon());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.SubscribeAsync(["a"], new() { NoLocal = true }).Soon());
        connection.Drop();
        await client.DisposeAsync().Soon();
    }
}
