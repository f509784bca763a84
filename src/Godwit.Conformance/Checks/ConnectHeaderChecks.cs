using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;

namespace Godwit.Conformance.Checks;

/// <summary>Protocol name, level and Connect Flags of CONNECT (§3.1.2.1 to §3.1.2.9).</summary>
public static class ConnectHeaderChecks
{
    private static readonly byte[] LevelRefused = [0x20, 0x02, 0x00, 0x01];

    [Check("MQTT-3.1.2-1", "MQTT3-3.1.2-1", "Trap-20")]
    public static async Task A_wrong_protocol_name_is_not_served(Probe probe)
    {
        foreach (var name in new[] { "MQTX", "MQT", "MQTTX", "MQTT\0", "", "MQIsdq" })
        {
            await IsNotServedAsync(probe, name, (int)probe.Version);
        }
    }

    [Check("MQTT-3.1.2-1", "MQTT3-3.1.2-1", "Trap-20")]
    public static async Task The_case_of_the_protocol_name_counts(Probe probe)
    {
        await IsNotServedAsync(probe, "mqtt", (int)probe.Version);
        await IsNotServedAsync(probe, "Mqtt", (int)probe.Version);
    }

    [Check("MQTT3-3.1.2-2", "Trap-20")]
    public static async Task MQTT_with_a_level_below_4_is_refused_with_1(Probe probe)
    {
        foreach (var level in new[] { 0, 1, 2, 3 })
        {
            await IsRefusedWith1Async(probe, "MQTT", level);
        }
    }

    [Check("MQTT31-3.1-1", "Trap-20")]
    public static async Task MQIsdp_with_another_level_than_3_is_refused_with_1(Probe probe)
    {
        foreach (var level in new[] { 0, 2, 4, 5, 6 })
        {
            await IsRefusedWith1Async(probe, "MQIsdp", level);
        }
    }

    [Check("MQTT31-3.1-1", "Trap-20", Versions = Versions.Mqtt31)]
    public static async Task MQIsdp_with_level_3_is_served(Probe probe)
    {
        var client = await probe.ConnectAsync(new ConnectOptions());

        await client.PingAsync();
    }

    [Check("MQTT-3.1.2-2", "Trap-20")]
    public static async Task A_level_of_the_future_is_refused_in_either_form(Probe probe)
    {
        foreach (var level in new[] { 6, 7, 127 })
        {
            await IsNotServedAsync(probe, "MQTT", level);
        }
    }

    [Check("Trap-20", Versions = Versions.Mqtt31 | Versions.Mqtt311)]
    public static async Task The_bridge_bit_of_the_level_is_known_or_refused_with_1(Probe probe)
    {
        var client = await probe.OpenAsync();

        var name = probe.Version == Godwit.Protocol.ProtocolVersion.Mqtt31 ? "MQIsdp" : "MQTT";
        await client.SendAsync(RawConnect.Start(name, 0x80 | (int)probe.Version).String(probe.ClientId("bridge")).ToBytes());

        var connack = await client.ReceiveAsync(Godwit.Protocol.PacketType.Connack);
        Probe.Ensure(connack.ReasonCode is 0 or 1 or 4 or 5, "CONNACK 0, or a refusal with 1", connack);
        probe.Saw(connack.ReasonCode == 0 ? "takes the level of a bridge" : "refuses the level of a bridge");
    }

    [Check("MQTT-3.1.2-3", "MQTT3-3.1.2-3", "MQTT3-3.1.4-1", "Trap-21")]
    public static Task The_reserved_Connect_Flag_must_be_0(Probe probe) =>
        Refusals.ExpectMalformedAsync(probe, RawConnect.Start(probe.Version, RawConnect.CleanStart | 0x01).String(probe.ClientId("a")).ToBytes());

    [Check("MQTT-3.1.2-12", "MQTT3-3.1.2-14", "MQTT-3.1.4-1", "MQTT3-3.1.4-1", "Trap-22")]
    public static Task Will_QoS_3_is_malformed(Probe probe)
    {
        const int Flags = RawConnect.CleanStart | RawConnect.Will | RawConnect.WillQoS3;
        return Refusals.ExpectMalformedAsync(
            probe,
            RawConnect.Start(probe.Version, Flags).String(probe.ClientId("a")).Properties(probe.Version).String(probe.Topic("will")).String("x").ToBytes(),
            0x9B);
    }

    [Check("MQTT-3.1.2-11", "MQTT3-3.1.2-11", "MQTT3-3.1.2-13", "MQTT-3.1.4-1", "MQTT3-3.1.4-1", "Trap-22")]
    public static async Task Will_QoS_without_a_will_is_malformed(Probe probe)
    {
        foreach (var qos in new[] { 0x08, 0x10, 0x18 })
        {
            await Refusals.ExpectMalformedAsync(probe, RawConnect.Start(probe.Version, RawConnect.CleanStart | qos).String(probe.ClientId("a")).ToBytes());
        }
    }

    [Check("MQTT-3.1.2-13", "MQTT3-3.1.2-11", "MQTT3-3.1.2-15", "MQTT-3.1.4-1", "MQTT3-3.1.4-1", "Trap-22")]
    public static Task Will_Retain_without_a_will_is_malformed(Probe probe) =>
        Refusals.ExpectMalformedAsync(probe, RawConnect.Start(probe.Version, RawConnect.CleanStart | RawConnect.WillRetain).String(probe.ClientId("a")).ToBytes());

    [Check("MQTT3-3.1.2-22", "MQTT3-3.1.4-1", "MQTT31-3.1-11", "Trap-23")]
    public static Task A_password_needs_a_user_name_before_version_5(Probe probe) =>
        Refusals.ExpectMalformedAsync(
            probe, RawConnect.Start(probe.Version, RawConnect.CleanStart | RawConnect.Password).String(probe.ClientId("a")).String("secret").ToBytes());

    [Check("MQTT-3.1.2-19", "Trap-23")]
    public static async Task Version_5_allows_a_password_without_a_user_name(Probe probe)
    {
        var connect = RawConnect.Start(probe.Version, RawConnect.CleanStart | RawConnect.Password).String(probe.ClientId("a")).String("secret").ToBytes();

        var client = await Refusals.ConnectWithCredentialsAsync(probe, connect);

        await client.PingAsync();
    }

    private static async Task IsRefusedWith1Async(Probe probe, string name, int level)
    {
        var client = await probe.OpenAsync();

        await client.SendAsync(RawConnect.Start(name, level).String(probe.ClientId("a")).ToBytes());

        var answer = await client.ReadToEndAsync();
        Probe.Ensure(answer.AsSpan().SequenceEqual(LevelRefused), $"CONNACK with return code 1 for {name} {level}, then the end", Convert.ToHexString(answer));
    }

    /// <summary>Closed, before that at most a CONNACK that blames the version, or in 5.0's form the format.</summary>
    private static async Task IsNotServedAsync(Probe probe, string name, int level)
    {
        var client = await probe.OpenAsync();

        var head = RawConnect.Start(name, level);
        await client.SendAsync((level >= 5 ? head.Byte(0) : head).String(probe.ClientId("a")).ToBytes());

        var answer = await client.ReadToEndAsync();
        var isRefusal = answer is [] or [0x20, 0x02, 0x00, 0x01] or [0x20, >= 3, 0x00, 0x80 or 0x81 or 0x82 or 0x84, ..];
        Probe.Ensure(isRefusal, $"a refusal of {name} {level}, then the end", Convert.ToHexString(answer));
        probe.Saw(answer.Length == 0 ? "closes without CONNACK" : $"CONNACK 0x{answer[3]:X2} in the form of {(answer.Length == 4 ? "3.1.1" : "5.0")}");
    }
}
