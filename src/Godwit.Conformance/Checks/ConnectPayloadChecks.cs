using System.Text;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;

namespace Godwit.Conformance.Checks;

/// <summary>The fields behind the header of CONNECT: which must be there, in which order, of which form (§3.1.3).</summary>
public static class ConnectPayloadChecks
{
    private const int WithWill = RawConnect.CleanStart | RawConnect.Will;
    private const int WithUser = RawConnect.CleanStart | RawConnect.UserName;
    private const int WithPassword = WithUser | RawConnect.Password;

    /// <summary>Overlong, a surrogate, cut short, above U+10FFFF; and U+0000, which is well-formed but forbidden.</summary>
    private static readonly byte[][] WrongTexts = [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0x61, 0xC3], [0xF4, 0x90, 0x80, 0x80], [0x61, 0x00, 0x62]];

    [Check("MQTT-3.1.4-1", "MQTT3-3.1.4-1", "MQTT-3.1.3-3", "MQTT3-3.1.3-3", Versions = Versions.All)]
    public static async Task CONNECT_that_ends_within_a_field_is_malformed(Probe probe)
    {
        var whole = RawConnect.Start(probe.Version, WithWill)
            .String(probe.ClientId("cut")).Properties(probe.Version, WireProperty.User("a", "b")).String(probe.Topic("will")).String("payload").ToBytes();
        foreach (var missing in new[] { 1, 8, 9, 12, 40 })
        {
            await Refusals.ExpectMalformedAsync(probe, [whole[0], (byte)(whole[1] - missing), .. whole[2..^missing]]);
        }

        await Refusals.ExpectMalformedAsync(probe, RawConnect.Start(probe.Version).ToBytes());
    }

    [Check("MQTT-3.1.4-1", "MQTT3-3.1.4-1")]
    public static async Task CONNECT_that_ends_within_its_header_is_malformed(Probe probe)
    {
        var level = (byte)probe.Version;
        await Refusals.ExpectMalformedAsync(probe, [0x10, 0x08, 0x00, 0x04, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', level, 0x02]);
        await Refusals.ExpectMalformedAsync(probe, [0x10, 0x09, 0x00, 0x04, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', level, 0x02, 0x00]);
    }

    [Check("MQTT-3.1.4-1", "MQTT3-3.1.4-1")]
    public static Task Bytes_behind_the_last_field_of_CONNECT_are_malformed(Probe probe) =>
        Refusals.ExpectMalformedAsync(probe, RawConnect.Start(probe.Version).String(probe.ClientId("a")).Byte(0).ToBytes());

    [Check("MQTT-3.1.2-9", "MQTT3-3.1.2-9", "MQTT-3.1.4-1", "MQTT3-3.1.4-1")]
    public static async Task A_Will_Flag_without_the_fields_of_a_will_is_malformed(Probe probe)
    {
        var head = () => RawConnect.Start(probe.Version, WithWill).String(probe.ClientId("a"));
        await Refusals.ExpectMalformedAsync(probe, head().ToBytes());
        await Refusals.ExpectMalformedAsync(probe, head().Properties(probe.Version).ToBytes());
        await Refusals.ExpectMalformedAsync(probe, head().Properties(probe.Version).String(probe.Topic("will")).ToBytes());
    }

    [Check("MQTT3-3.1.2-11", "MQTT-3.1.4-1", "MQTT3-3.1.4-1")]
    public static Task The_fields_of_a_will_without_the_Will_Flag_are_malformed(Probe probe) =>
        Refusals.ExpectMalformedAsync(
            probe, RawConnect.Start(probe.Version).String(probe.ClientId("a")).Properties(probe.Version).String(probe.Topic("will")).String("x").ToBytes());

    [Check("MQTT-3.1.2-17", "MQTT3-3.1.2-19", "MQTT-3.1.4-1", "MQTT3-3.1.4-1")]
    public static Task A_User_Name_Flag_without_a_user_name_is_malformed(Probe probe) =>
        Refusals.ExpectMalformedAsync(probe, RawConnect.Start(probe.Version, WithUser).String(probe.ClientId("a")).ToBytes());

    [Check("MQTT-3.1.2-16", "MQTT3-3.1.2-18", "MQTT-3.1.4-1", "MQTT3-3.1.4-1")]
    public static Task A_user_name_without_its_flag_is_malformed(Probe probe) =>
        Refusals.ExpectMalformedAsync(probe, RawConnect.Start(probe.Version).String(probe.ClientId("a")).String("user").ToBytes());

    [Check("MQTT-3.1.2-19", "MQTT3-3.1.2-21", "MQTT-3.1.4-1", "MQTT3-3.1.4-1")]
    public static Task A_Password_Flag_without_a_password_is_malformed(Probe probe) =>
        Refusals.ExpectMalformedAsync(probe, RawConnect.Start(probe.Version, WithPassword).String(probe.ClientId("a")).String("user").ToBytes());

    [Check("MQTT-3.1.2-18", "MQTT3-3.1.2-20", "MQTT-3.1.4-1", "MQTT3-3.1.4-1")]
    public static Task A_password_without_its_flag_is_malformed(Probe probe) =>
        Refusals.ExpectMalformedAsync(probe, RawConnect.Start(probe.Version, WithUser).String(probe.ClientId("a")).String("user").String("secret").ToBytes());

    [Check("MQTT-3.1.3-4", "MQTT3-3.1.3-4")]
    public static Task An_ill_formed_ClientId_is_refused(Probe probe) =>
        EachIsRefusedAsync(probe, text => RawConnect.Start(probe.Version).Binary(text), 0x85);

    [Check("MQTT-3.1.3-11", "MQTT3-3.1.3-10")]
    public static Task An_ill_formed_Will_Topic_is_refused(Probe probe) =>
        EachIsRefusedAsync(
            probe, text => RawConnect.Start(probe.Version, WithWill).String(probe.ClientId("a")).Properties(probe.Version).Binary(text).String("x"), 0x90);

    [Check("MQTT-3.1.3-12", "MQTT3-3.1.3-11")]
    public static Task An_ill_formed_user_name_is_refused(Probe probe) =>
        EachIsRefusedAsync(probe, text => RawConnect.Start(probe.Version, WithUser).String(probe.ClientId("a")).Binary(text), 0x86, 0x87);

    [Check("MQTT-3.1.3-1", "MQTT3-3.1.3-1", Versions = Versions.All)]
    public static async Task The_fields_are_read_in_their_order(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"));
        var connect = RawConnect.Start(probe.Version, WithWill | WithPassword)
            .String(probe.ClientId("a")).Properties(probe.Version).String(probe.Topic("will")).String("payload").String("user").String("secret").ToBytes();

        var client = await Refusals.ConnectWithCredentialsAsync(probe, connect);
        await client.DropAsync();

        var will = await watcher.ReceivePublishAsync("payload");
        Probe.Ensure(string.Equals(will.Topic, probe.Topic("will"), StringComparison.Ordinal), "the Will Topic of the CONNECT", will);
    }

    [Check("MQTT-3.1.4-5", "MQTT3-3.1.4-4", Versions = Versions.All)]
    public static async Task A_password_is_any_bytes(Probe probe)
    {
        byte[] password = [0x00, 0xFF, 0xC0, 0x80, 0xED, 0xA0, 0x80];
        var connect = RawConnect.Start(probe.Version, WithPassword).String(probe.ClientId("a")).String("user").Binary(password).ToBytes();

        var client = await Refusals.ConnectWithCredentialsAsync(probe, connect);

        await client.PingAsync();
    }

    [Check("MQTT-3.1.4-5", "MQTT3-3.1.4-4")]
    public static async Task User_name_and_password_may_be_empty(Probe probe)
    {
        var connect = RawConnect.Start(probe.Version, WithPassword).String(probe.ClientId("a")).String("").String("").ToBytes();

        var client = await Refusals.ConnectWithCredentialsAsync(probe, connect);

        await client.PingAsync();
    }

    [Check("MQTT-3.1.4-5", "MQTT3-3.1.4-4", Versions = Versions.All)]
    public static async Task A_user_name_may_have_65535_bytes(Probe probe)
    {
        var connect = RawConnect.Start(probe.Version, WithUser).String(probe.ClientId("a")).String(new string('u', 65_535)).ToBytes();

        var client = await Refusals.ConnectWithCredentialsAsync(probe, connect, 0x95, 0x97);

        await client.PingAsync();
    }

    [Check("MQTT-3.1.4-5", "MQTT3-3.1.4-4", Versions = Versions.All)]
    public static async Task A_password_may_have_65535_bytes(Probe probe)
    {
        var password = Encoding.ASCII.GetBytes(new string('p', 65_535));
        var connect = RawConnect.Start(probe.Version, WithPassword).String(probe.ClientId("a")).String("user").Binary(password).ToBytes();

        var client = await Refusals.ConnectWithCredentialsAsync(probe, connect, 0x95, 0x97);

        await client.PingAsync();
    }

    [Check("MQTT-3.1.4-5", "MQTT3-3.1.4-4", Versions = Versions.All)]
    public static async Task A_will_may_have_65535_bytes(Probe probe)
    {
        var payload = new string('w', 65_535);
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"));

        var client = await probe.ConnectAsync(new ConnectOptions { Will = new WillOptions(probe.Topic("will"), payload) });
        await client.DropAsync();

        await watcher.ReceivePublishAsync(payload);
    }

    [Check("MQTT-3.1.4-2", "MQTT3-3.2.2-6", "Trap-104", Versions = Versions.All)]
    public static async Task User_name_password_and_will_may_have_65535_bytes_each_or_are_refused(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"));
        var most = new string('m', 65_535);
        var client = await probe.OpenAsync();
        await client.SendAsync(RawConnect.Start(probe.Version, WithWill | WithPassword)
            .String(probe.ClientId("a")).Properties(probe.Version).String(probe.Topic("will")).String(most).String(most).String(most).ToBytes());

        var answer = await client.ReceiveOrEndAsync("CONNACK, or the end of the connection");
        if (answer is not { ReasonCode: 0 })
        {
            probe.Saw(answer is null ? "closes without CONNACK" : $"refuses with 0x{answer.ReasonCode:X2}");
            return;
        }

        await client.DropAsync();
        await watcher.ReceivePublishAsync(most);
    }

    private static async Task EachIsRefusedAsync(Probe probe, Func<byte[], PacketBuilder> connect, params byte[] codes)
    {
        foreach (var text in WrongTexts)
        {
            await Refusals.ExpectMalformedAsync(probe, connect(text).ToBytes(), codes);
        }
    }
}
