using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>The properties of PUBLISH that travel from the publisher to the subscriber (5.0 §3.3.2.3).</summary>
public static class PublishPropertyChecks
{
    /// <summary>0 means the same as no indicator at all.</summary>
    [Check("MQTT-3.3.2-4")]
    public static async Task Payload_Format_Indicator_is_forwarded_unaltered(Probe probe)
    {
        foreach (var value in new uint[] { 0, 1 })
        {
            var publish = await ForwardAsync(probe, WireProperty.Number(PropertyId.PayloadFormatIndicator, value));
            Probe.Ensure(publish.NumberOr(PropertyId.PayloadFormatIndicator, 0) == value, $"Payload Format Indicator {value}", publish);
        }

        var without = await ForwardAsync(probe);
        Probe.Ensure(without.NumberOr(PropertyId.PayloadFormatIndicator, 0) == 0, "no Payload Format Indicator", without);
    }

    [Check("MQTT-3.3.2-4", "Trap-66")]
    public static async Task A_payload_that_is_not_UTF8_as_announced_is_refused_or_forwarded_unaltered(Probe probe)
    {
        byte[] payload = [0x61, 0xFF, 0xC0, 0x80, 0x62];
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"));
        var publisher = await probe.ConnectAsync();
        var options = new PublishOptions { QoS = 1, Properties = [WireProperty.Number(PropertyId.PayloadFormatIndicator, 1)] };

        await publisher.SendAsync(Packets.Publish(probe.Version, probe.Topic("a"), payload, options, publisher.NextPacketId()));

        var answer = await publisher.ReceiveUnlessClosedAsync(0x99);
        Probe.Ensure(answer is null or { Type: PacketType.Puback, ReasonCode: 0x00 or 0x99 }, "PUBACK 0x00 or 0x99, or DISCONNECT 0x99", answer);
        if (answer is { ReasonCode: 0 })
        {
            probe.Saw("payload that is not UTF-8 as announced: forwards it");
            var publish = await subscriber.ReceivePublishAsync();
            var isUnaltered = publish.NumberOr(PropertyId.PayloadFormatIndicator, 0) == 1 && publish.Payload.AsSpan().SequenceEqual(payload);
            Probe.Ensure(isUnaltered, "payload and indicator as they were published", publish);
            return;
        }

        probe.Saw("payload that is not UTF-8 as announced: refuses it");
        await subscriber.PingAsync();
    }

    [Check("MQTT-3.3.2-15")]
    public static async Task Response_Topic_is_forwarded_unaltered(Probe probe) =>
        await ForwardsTextAsync(probe, PropertyId.ResponseTopic, "answer", "/", "a b/ä/𝄞", "$SYS/x");

    [Check("MQTT-3.3.2-20")]
    public static async Task Content_Type_is_forwarded_unaltered(Probe probe) =>
        await ForwardsTextAsync(probe, PropertyId.ContentType, "text/plain; charset=utf-8", "", "+/#", "ä 𝄞");

    [Check("MQTT-3.3.2-16")]
    public static async Task Correlation_Data_is_forwarded_unaltered(Probe probe)
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        foreach (var value in new byte[][] { [0], all, [] })
        {
            var publish = await ForwardAsync(probe, WireProperty.Binary(PropertyId.CorrelationData, value));
            var came = publish.Property(PropertyId.CorrelationData)?.Value;
            Probe.Ensure(came.AsSpan().SequenceEqual(value) && came is not null, $"Correlation Data of {value.Length} bytes", publish);
        }
    }

    [Check("MQTT-3.3.2-17", "MQTT-3.3.2-18", "Trap-67")]
    public static async Task User_Properties_are_forwarded_unaltered_in_their_order(Probe probe)
    {
        (string Name, string Value)[] pairs = [("z", "1"), ("a", "2"), ("z", "1"), ("z", "0"), ("A", "2"), ("ä", "𝄞")];

        var publish = await ForwardAsync(probe, [.. pairs.Select(pair => WireProperty.User(pair.Name, pair.Value))]);

        EnsureUserProperties(publish, pairs);
    }

    [Check("MQTT-3.3.2-17", "Trap-67")]
    public static async Task User_Properties_may_be_empty(Probe probe)
    {
        (string Name, string Value)[] pairs = [("", ""), ("a", ""), ("", "b"), ("", "")];

        var publish = await ForwardAsync(probe, [.. pairs.Select(pair => WireProperty.User(pair.Name, pair.Value))]);

        EnsureUserProperties(publish, pairs);
    }

    /// <summary>Only their order among each other counts.</summary>
    [Check("MQTT-3.3.2-18", "Trap-67")]
    public static async Task User_Properties_between_other_properties_keep_their_order(Probe probe)
    {
        var publish = await ForwardAsync(
            probe,
            WireProperty.User("b", "1"),
            WireProperty.Text(PropertyId.ContentType, "x"),
            WireProperty.User("a", "2"),
            WireProperty.Number(PropertyId.MessageExpiryInterval, 100),
            WireProperty.User("c", "3"));

        EnsureUserProperties(publish, [("b", "1"), ("a", "2"), ("c", "3")]);
    }

    [Check("MQTT-3.3.2-16", "MQTT-3.3.2-20")]
    public static async Task Properties_of_65535_bytes_are_forwarded_unaltered(Probe probe)
    {
        var text = new string('c', 65_535);
        Needs.PacketSize(await probe.ConnectAsync(), 140_000);

        var publish = await ForwardAsync(probe, WireProperty.Text(PropertyId.ContentType, text), WireProperty.Text(PropertyId.CorrelationData, text));

        var isWhole = string.Equals(publish.Property(PropertyId.ContentType)?.Text, text, StringComparison.Ordinal)
            && string.Equals(publish.Property(PropertyId.CorrelationData)?.Text, text, StringComparison.Ordinal);
        Probe.Ensure(isWhole, "Content Type and Correlation Data of 65535 bytes", PacketText.Of(publish.Packet));
    }

    [Check("MQTT-3.3.2-13")]
    public static async Task A_Response_Topic_that_is_not_UTF8_ends_the_connection(Probe probe) => await NotUtf8Async(probe, PropertyId.ResponseTopic);

    [Check("MQTT-3.3.2-19")]
    public static async Task A_Content_Type_that_is_not_UTF8_ends_the_connection(Probe probe) => await NotUtf8Async(probe, PropertyId.ContentType);

    /// <summary>Data that is not allowed is a Protocol Error (§1.2); an answer with a Reason Code is taken as well.</summary>
    [Check("MQTT-3.3.2-14", "Trap-65")]
    public static async Task A_Response_Topic_with_wildcards_is_refused(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"));
        foreach (var topic in new[] { "+", "#", "a/+", "a/#", "a/+/b", "a+b", "a#" })
        {
            var publisher = await probe.ConnectAsync();
            var options = new PublishOptions { QoS = 1, Properties = [WireProperty.Text(PropertyId.ResponseTopic, topic)] };
            await publisher.SendPublishAsync(probe.Topic("a"), "x", options);
            var answer = await publisher.ReceiveUnlessClosedAsync(0x81, 0x82, 0x90);
            Probe.Ensure(answer is null or { Type: PacketType.Puback, ReasonCode: >= 0x80 }, $"a refusal of the Response Topic {topic}", answer);
        }

        await (await probe.ConnectAsync()).SendPublishAsync(probe.Topic("a"), "marker");
        await subscriber.ReceivePublishAsync("marker");
    }

    [Check("MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-20")]
    public static async Task All_subscribers_get_all_properties(Probe probe)
    {
        var first = await probe.ConnectSubscriberAsync(probe.Topic("a"));
        var second = await probe.ConnectSubscriberAsync(probe.Topic("a"), 2);
        var session = ConnectOptions.Persistent(probe.ClientId("sub"));
        var third = await probe.ConnectAsync(session);
        await third.SubscribeAsync(probe.Topic("a"), 1);
        await third.DisconnectAsync();

        foreach (var qos in new[] { 1, 2 })
        {
            await PublishWithAllAsync(probe, probe.Topic("a"), qos);
            EnsureAll(await first.TakeAsync("x"));
            EnsureAll(await second.TakeAsync("x"));
        }

        third = await probe.ConnectAsync(session);
        EnsureAll(await third.TakeAsync("x"));
        EnsureAll(await third.TakeAsync("x"));
    }

    [Check("MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-20")]
    public static async Task A_shared_subscription_gets_all_properties(Probe probe)
    {
        var subscriber = await probe.ConnectAsync();
        Needs.Shared(subscriber);
        await subscriber.SubscribeAsync($"$share/{probe.Prefix}/{probe.Topic("a")}", 1);

        await PublishWithAllAsync(probe, probe.Topic("a"), 1);

        EnsureAll(await subscriber.TakeAsync("x"));
    }

    /// <summary>The other version has no properties, but the message is the same.</summary>
    [Check("Trap-67", Versions = Versions.Mqtt5)]
    public static async Task Subscribers_of_3_1_1_get_the_message_without_properties(Probe probe)
    {
        var old = await probe.ConnectAsync(new ConnectOptions { Version = ProtocolVersion.Mqtt311 });
        await old.SubscribeAsync(probe.Topic("a"), 1);

        await PublishWithAllAsync(probe, probe.Topic("a"), 1);

        var publish = await old.ReceivePublishAsync("x");
        Probe.Ensure(publish.Packet.Length == 2 + 2 + probe.Topic("a").Length + 2 + 1, "a PUBLISH without properties", PacketText.Of(publish.Packet));
    }

    [Check("MQTT-3.3.2-17", "Trap-67")]
    public static async Task A_message_without_properties_is_forwarded_without(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), 1);
        await PublishWithAllAsync(probe, probe.Topic("a"), 1);
        await subscriber.TakeAsync("x");

        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("a"), "5.0", qos: 1);
        var old = await probe.ConnectAsync(new ConnectOptions { Version = ProtocolVersion.Mqtt311 });
        await old.PublishAsync(probe.Topic("a"), "3.1.1", qos: 1);

        foreach (var payload in new[] { "5.0", "3.1.1" })
        {
            var publish = await subscriber.TakeAsync(payload);
            Probe.Ensure(publish.Properties.Count == 0, "a PUBLISH without properties", publish);
        }
    }

    private static async Task<Received> ForwardAsync(Probe probe, params WireProperty[] properties)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), 1);
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 1);
        await publisher.PublishAsync(probe.Topic("a"), "x", new PublishOptions { QoS = 1, Properties = properties });
        return await subscriber.TakeAsync("x");
    }

    private static async Task ForwardsTextAsync(Probe probe, PropertyId id, params string[] values)
    {
        foreach (var value in values)
        {
            var publish = await ForwardAsync(probe, WireProperty.Text(id, value));
            Probe.Ensure(string.Equals(publish.Property(id)?.Text, value, StringComparison.Ordinal), $"{id} \"{value}\"", publish);
        }
    }

    private static async Task NotUtf8Async(Probe probe, PropertyId id)
    {
        foreach (var value in new byte[][] { [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x61, 0x00] })
        {
            var publisher = await probe.ConnectAsync();
            await publisher.SendPublishAsync(probe.Topic("a"), "x", new PublishOptions { QoS = 1, Properties = [WireProperty.Binary(id, value)] });
            probe.Saw(await publisher.IsClosedAsync(0x81, 0x82, 0x90));
        }
    }

    private static async Task PublishWithAllAsync(Probe probe, string topic, int qos)
    {
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, qos);
        WireProperty[] properties =
        [
            WireProperty.Number(PropertyId.PayloadFormatIndicator, 1),
            WireProperty.Text(PropertyId.ContentType, "text"),
            WireProperty.Text(PropertyId.ResponseTopic, "answer"),
            WireProperty.Binary(PropertyId.CorrelationData, [0xFF, 0x00]),
            WireProperty.User("b", "1"),
            WireProperty.User("a", "2"),
        ];
        await publisher.PublishAsync(topic, "x", new PublishOptions { QoS = qos, Properties = properties });
    }

    private static void EnsureAll(Received publish) => Probe.Ensure(
        publish.NumberOr(PropertyId.PayloadFormatIndicator, 0) == 1
        && publish.Property(PropertyId.ContentType) is { Text: "text" }
        && publish.Property(PropertyId.ResponseTopic) is { Text: "answer" }
        && publish.Property(PropertyId.CorrelationData)?.Value is [0xFF, 0x00]
        && publish.UserProperties is ["b=1", "a=2"],
        "all properties as they were published",
        publish);

    private static void EnsureUserProperties(Received publish, (string Name, string Value)[] pairs)
    {
        var expected = pairs.Select(pair => $"{pair.Name}={pair.Value}").ToList();
        Probe.Ensure(publish.UserProperties.SequenceEqual(expected, StringComparer.Ordinal), $"the User Properties {string.Join(", ", expected)}", publish);
    }
}
