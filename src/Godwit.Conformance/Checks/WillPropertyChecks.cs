using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Will Properties, 5.0 alone (§3.1.3.2).</summary>
public static class WillPropertyChecks
{
    [Check("MQTT-3.1.3-10", "Trap-38")]
    public static async Task User_Properties_of_a_will_keep_their_order(Probe probe)
    {
        var will = await PublishWillAsync(
            probe, WireProperty.User("b", "1"), WireProperty.User("a", "2"), WireProperty.User("b", "1"), WireProperty.User("", ""));

        Probe.Ensure(will.UserProperties is ["b=1", "a=2", "b=1", "="], "the four User Properties in their order", will);
    }

    [Check("MQTT-3.1.2-8", "Trap-38")]
    public static async Task Properties_of_a_will_are_those_of_its_PUBLISH(Probe probe)
    {
        var will = await PublishWillAsync(
            probe,
            WireProperty.Number(PropertyId.PayloadFormatIndicator, 1),
            WireProperty.Text(PropertyId.ContentType, "text/plain"),
            WireProperty.Text(PropertyId.ResponseTopic, "answers/here"),
            WireProperty.Binary(PropertyId.CorrelationData, [0x00, 0xFF]));

        Probe.Ensure(will.NumberOr(PropertyId.PayloadFormatIndicator, 0) == 1, "Payload Format Indicator 1", will);
        Probe.Ensure(will.Property(PropertyId.ContentType)?.Text is "text/plain", "Content Type text/plain", will);
        Probe.Ensure(will.Property(PropertyId.ResponseTopic)?.Text is "answers/here", "Response Topic answers/here", will);
        Probe.Ensure(will.Property(PropertyId.CorrelationData)?.Value is [0x00, 0xFF], "Correlation Data 00FF", will);
    }

    [Check("MQTT-3.1.2-15", "Trap-38")]
    public static async Task A_retained_will_keeps_its_properties(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"));
        Needs.Retained(watcher);
        var options = new WillOptions(probe.Topic("will")) { Retain = true, Properties = [WireProperty.User("a", "b")] };
        await (await probe.ConnectAsync(new ConnectOptions { Will = options })).DropAsync();
        await watcher.ReceivePublishAsync("will");

        var stored = await (await probe.ConnectSubscriberAsync(probe.Topic("will"))).ReceivePublishAsync("will");

        Probe.Ensure(stored.UserProperties is ["a=b"], "the User Property of the will", stored);
    }

    [Check("MQTT-3.1.2-8", "Trap-38")]
    public static async Task The_Will_Delay_Interval_is_not_part_of_the_PUBLISH(Probe probe)
    {
        var will = await PublishWillAsync(probe, WireProperty.Number(PropertyId.WillDelayInterval, 0), WireProperty.User("a", "b"));

        Probe.Ensure(will.Properties.Count == 1, "a PUBLISH with the User Property alone", will);
    }

    [Check("MQTT-3.1.2-8", "Trap-38")]
    public static async Task The_expiry_of_a_will_is_published_as_it_is(Probe probe)
    {
        var will = await PublishWillAsync(probe, WireProperty.Number(PropertyId.MessageExpiryInterval, 300));

        var seconds = will.NumberOr(PropertyId.MessageExpiryInterval, 0);
        Probe.Ensure(seconds is 299 or 300, "Message Expiry Interval 300, or 299 when a second went by", will);
        probe.Saw(string.Create(CultureInfo.InvariantCulture, $"publishes {seconds} s of 300"));
    }

    [Check("MQTT-3.1.2-8", "Trap-38")]
    public static async Task Without_an_expiry_the_will_has_none(Probe probe)
    {
        var will = await PublishWillAsync(probe);

        Probe.Ensure(will.Property(PropertyId.MessageExpiryInterval) is null, "no Message Expiry Interval", will);
    }

    [Check("MQTT-3.1.2-8", "Trap-38", Waits = true)]
    public static async Task The_expiry_of_a_will_counts_from_its_publication(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"));
        var expiry = WireProperty.Number(PropertyId.MessageExpiryInterval, 3);
        var client = await probe.ConnectAsync(new ConnectOptions { Will = new WillOptions(probe.Topic("will")) { Properties = [expiry] } });

        await probe.WaitAsync(4);
        await client.DropAsync();

        var will = await watcher.ReceivePublishAsync("will");
        Probe.Ensure(will.NumberOr(PropertyId.MessageExpiryInterval, 0) is >= 1 and <= 3, "a Message Expiry Interval of up to 3", will);
    }

    [Check("MQTT-3.1.4-1")]
    public static async Task A_property_that_wills_do_not_have_is_refused(Probe probe)
    {
        await IsRefusedAsync(probe, WireProperty.Number(PropertyId.TopicAlias, 1));
        await IsRefusedAsync(probe, WireProperty.Number(PropertyId.SessionExpiryInterval, 1));
        await IsRefusedAsync(probe, WireProperty.Text(PropertyId.ReasonString, "why"));
    }

    [Check("MQTT-3.1.4-1")]
    public static async Task A_property_of_a_will_that_comes_twice_is_refused(Probe probe)
    {
        await IsRefusedAsync(probe, WireProperty.Number(PropertyId.WillDelayInterval, 1), WireProperty.Number(PropertyId.WillDelayInterval, 1));
        await IsRefusedAsync(probe, WireProperty.Text(PropertyId.ContentType, "a"), WireProperty.Text(PropertyId.ContentType, "a"));
    }

    [Check("MQTT-3.1.4-1")]
    public static Task A_will_that_is_not_of_its_payload_format_may_be_refused(Probe probe) => MayBeRefusedAsync(probe);

    private static async Task<Received> PublishWillAsync(Probe probe, params WireProperty[] properties)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"));
        var client = await probe.ConnectAsync(new ConnectOptions { Will = new WillOptions(probe.Topic("will")) { Properties = properties } });

        await client.DropAsync();

        return await watcher.ReceivePublishAsync("will");
    }

    private static async Task IsRefusedAsync(Probe probe, params WireProperty[] properties)
    {
        var client = await probe.OpenAndSendConnectAsync(new ConnectOptions { Will = new WillOptions(probe.Topic("will")) { Properties = properties } });

        probe.Saw(await client.IsRefusedAsync(0x80, 0x81, 0x82));
    }

    /// <summary>Payload Format Indicator 1 with bytes that are no text: refused with 0x99, or published as they are.</summary>
    private static async Task MayBeRefusedAsync(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"));
        var client = await probe.OpenAsync();
        await client.SendAsync(RawConnect.Start(probe.Version, RawConnect.CleanStart | RawConnect.Will)
            .String(probe.ClientId("a"))
            .Properties(probe.Version, WireProperty.Number(PropertyId.PayloadFormatIndicator, 1))
            .String(probe.Topic("will"))
            .Binary([0xFF, 0xC0])
            .ToBytes());
        var answer = await client.ReceiveOrEndAsync("CONNACK, or the end of the connection");
        if (answer is not { ReasonCode: 0 })
        {
            Probe.Ensure(answer is null or { ReasonCode: 0x80 or 0x81 or 0x82 or 0x86 or 0x87 or 0x99 }, "CONNACK 0x99", answer?.ToString() ?? "");
            probe.Saw("refuses the will");
            return;
        }

        await client.DropAsync();
        var will = await watcher.ReceivePublishAsync();
        Probe.Ensure(will.Payload is [0xFF, 0xC0], "the payload FFC0", will);
        probe.Saw("publishes the will as it is");
    }
}
