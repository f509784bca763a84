using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>Where MQTT 3.1 differs from 3.1.1. What it says about ClientIds, sessions and wills stands with those.</summary>
public static class Mqtt31Checks
{
    [Check("MQTT31-3.1-5", "Trap-101", IsRecommendation = true)]
    public static async Task User_name_and_password_may_be_missing_although_their_flags_are_set(Probe probe)
    {
        const int Flags = RawConnect.CleanStart | RawConnect.UserName | RawConnect.Password;

        var neither = await Refusals.ConnectWithCredentialsAsync(probe, RawConnect.Start(probe.Version, Flags).String(probe.ClientId("a")).ToBytes());
        await neither.PingAsync();

        var noPassword = await Refusals.ConnectWithCredentialsAsync(
            probe, RawConnect.Start(probe.Version, Flags).String(probe.ClientId("b")).String("user").ToBytes());
        await noPassword.PingAsync();
    }

    [Check("MQTT31-3.1-8", IsRecommendation = true)]
    public static async Task The_bits_of_a_will_are_disregarded_without_a_will(Probe probe)
    {
        var connect = RawConnect.Start(probe.Version, RawConnect.CleanStart | RawConnect.WillRetain | 0x08).String(probe.ClientId("a")).ToBytes();

        var client = await Refusals.ConnectWithCredentialsAsync(probe, connect);

        await client.PingAsync();
    }

    [Check("MQTT31-3.1-8", IsRecommendation = true)]
    public static async Task The_unused_bit_of_the_Connect_Flags_is_disregarded(Probe probe)
    {
        var connect = RawConnect.Start(probe.Version, RawConnect.CleanStart | 0x01).String(probe.ClientId("a")).ToBytes();

        var client = await Refusals.ConnectWithCredentialsAsync(probe, connect);

        await client.PingAsync();
    }

    [Check("MQTT31-3.2-1", "Trap-27")]
    public static async Task The_first_byte_of_CONNACK_is_0_even_when_a_session_goes_on(Probe probe)
    {
        var options = ConnectOptions.Persistent(probe.ClientId("client"));
        var client = await probe.ConnectAsync(options);
        await client.SubscribeAsync(probe.Topic("t"), 1);
        await client.DisconnectAsync();
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("t"), "stored", 1);

        var again = await probe.ConnectAsync(options);

        Probe.Ensure(again.Connack!.Packet is [0x20, 0x02, 0x00, 0x00], "CONNACK 20 02 00 00", Convert.ToHexString(again.Connack.Packet));
        await again.TakeAsync("stored");
    }

    [Check("MQTT31-2.1-1", "Trap-101")]
    public static async Task SUBSCRIBE_may_be_repeated_with_DUP(Probe probe)
    {
        var client = await probe.ConnectAsync();
        var subscribe = Packets.Subscribe(probe.Version, 5, new SubscribeOptions { QoS = 1 }, probe.Topic("t"));

        await client.SendAsync(subscribe, WithDup(subscribe));

        await client.ReceiveAnswerAsync(PacketType.Suback, 5);
        await client.ReceiveAnswerAsync(PacketType.Suback, 5);
        await client.PublishAsync(probe.Topic("t"), "message", 0);
        await client.ReceivePublishAsync("message");
        await client.PingAsync();                                       // one subscription, one message
    }

    [Check("MQTT31-2.1-1", "Trap-101")]
    public static async Task UNSUBSCRIBE_may_be_repeated_with_DUP(Probe probe)
    {
        var client = await probe.ConnectAsync();
        await client.SubscribeAsync(probe.Topic("t"));
        var unsubscribe = Packets.Unsubscribe(probe.Version, 6, probe.Topic("t"));

        await client.SendAsync(unsubscribe, WithDup(unsubscribe));

        await client.ReceiveAnswerAsync(PacketType.Unsuback, 6);
        await client.ReceiveAnswerAsync(PacketType.Unsuback, 6);
        await client.PublishAsync(probe.Topic("t"), "message", 0);
        await client.PingAsync();
    }

    [Check("MQTT31-2.1-1", "Trap-101")]
    public static async Task PUBREL_may_be_repeated_with_DUP(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("t"));
        var client = await probe.ConnectAsync();
        await client.SendPublishAsync(probe.Topic("t"), "once", new PublishOptions { QoS = 2, PacketId = 7 });
        await client.ReceiveAnswerAsync(PacketType.Pubrec, 7);
        var pubrel = Packets.Ack(probe.Version, PacketType.Pubrel, 7);

        await client.SendAsync(pubrel, WithDup(pubrel));

        await client.ReceiveAnswerAsync(PacketType.Pubcomp, 7);
        await client.ReceiveAnswerAsync(PacketType.Pubcomp, 7);
        await client.PublishAsync(probe.Topic("t"), "marker", 1);
        await watcher.ReceivePublishAsync("once");
        await watcher.ReceivePublishAsync("marker");
    }

    [Check("MQTT31-3.3-1")]
    public static async Task A_PUBLISH_that_nobody_may_publish_is_acknowledged(Probe probe)
    {
        var client = await probe.ConnectAsync();

        await client.PublishAsync($"$SYS/{probe.Prefix}", "not yours", 1);
        await client.PublishAsync($"$SYS/{probe.Prefix}", "not yours", 2);

        await client.PingAsync();
    }

    [Check("MQTT31-3.9-1", "Trap-101")]
    public static async Task SUBACK_grants_a_QoS_for_each_filter_in_order(Probe probe)
    {
        var client = await probe.ConnectAsync();

        await client.SendAsync(Packets.Subscribe(
            probe.Version,
            8,
            (probe.Topic("two"), new SubscribeOptions { QoS = 2 }),
            (probe.Topic("zero"), new SubscribeOptions()),
            (probe.Topic("one"), new SubscribeOptions { QoS = 1 })));

        var suback = await client.ReceiveAnswerAsync(PacketType.Suback, 8);
        Probe.Ensure(suback.ReasonCodes is [<= 2, 0, <= 1], "at most QoS 2, 0 and 1", suback);
    }

    [Check("MQTT31-3.9-1", "Trap-101")]
    public static async Task SUBACK_has_no_code_for_a_failure(Probe probe)
    {
        foreach (var filter in new[] { "a#", "a/#/b", "+a", "" })
        {
            var client = await probe.ConnectAsync();

            await client.SendAsync(Packets.Subscribe(probe.Version, 9, new SubscribeOptions(), filter));

            var suback = await client.ReceiveOrEndAsync("SUBACK without a failure, or the end of the connection");
            Probe.Ensure(suback is null or { Type: PacketType.Suback, ReasonCodes: [<= 2] }, "a QoS, or the end of the connection", suback?.ToString() ?? "");
            probe.Saw(suback is null ? "ends the connection for a wrong filter" : "grants a filter that matches nothing");
        }
    }

    private static byte[] WithDup(byte[] packet) => [(byte)(packet[0] | 0x08), .. packet[1..]];
}
