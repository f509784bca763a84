using System.Text;
using Godwit.Conformance.Checks.Tables;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>Strings are well-formed UTF-8 without U+0000 (5.0 §1.5.4 and §1.5.7, 3.1.1 §1.5.3).</summary>
public static class StringChecks
{
    /// <summary>Not UTF-8, each for a reason of its own; written as escapes of single bytes.</summary>
    private static readonly (string Name, byte[] Bytes)[] IllFormed =
    [
        ("U+D800", [0xED, 0xA0, 0x80]),
        ("U+DFFF", [0xED, 0xBF, 0xBF]),
        ("U+10000 as two surrogates", [0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80]),
        ("U+0000 in two bytes", [0xC0, 0x80]),
        ("'/' in two bytes", [0xC0, 0xAF]),
        ("U+007F in two bytes", [0xC1, 0xBF]),
        ("U+07FF in three bytes", [0xE0, 0x9F, 0xBF]),
        ("U+FFFF in four bytes", [0xF0, 0x8F, 0xBF, 0xBF]),
        ("U+110000", [0xF4, 0x90, 0x80, 0x80]),
        ("a lead byte above F4", [0xF5, 0x80, 0x80, 0x80]),
        ("five bytes", [0xF8, 0x88, 0x80, 0x80, 0x80]),
        ("FF", [0xFF]),
        ("a continuation byte alone", [0x80]),
        ("two bytes of three, then a letter", [0xE2, 0x82, (byte)'a']),
        ("one byte of two at the end", [0xC3]),
        ("two bytes of three at the end", [0xE2, 0x82]),
        ("three bytes of four at the end", [0xF0, 0x9F, 0x92]),
    ];

    /// <summary>U+0000 in every string that a client sends.</summary>
    [Check("MQTT-1.5.4-2", "MQTT3-1.5.3-2", "Trap-11")]
    public static Task A_string_with_U_0000_ends_the_connection(Probe probe) =>
        AllAreRefusedAsync(probe, StringField.Of(probe.Version), [0x00]);

    /// <summary>U+D800 to U+DFFF have no encoding.</summary>
    [Check("MQTT-1.5.4-1", "MQTT3-1.5.3-1", "Trap-12")]
    public static Task A_string_with_a_surrogate_ends_the_connection(Probe probe) =>
        AllAreRefusedAsync(probe, StringField.Of(probe.Version), [0xED, 0xA0, 0x80]);

    /// <summary>C0 80 is not U+0000, nor anything else.</summary>
    [Check("MQTT-1.5.4-1", "MQTT3-1.5.3-1", "Trap-12")]
    public static Task A_string_with_an_overlong_form_ends_the_connection(Probe probe) =>
        AllAreRefusedAsync(probe, StringField.Of(probe.Version), [0xC0, 0x80]);

    /// <summary>The string ends inside a character.</summary>
    [Check("MQTT-1.5.4-1", "MQTT3-1.5.3-1", "Trap-12")]
    public static Task A_string_that_ends_inside_a_character_ends_the_connection(Probe probe) =>
        AllAreRefusedAsync(probe, StringField.Of(probe.Version), [0xE2, 0x82]);

    /// <summary>Unicode ends at U+10FFFF.</summary>
    [Check("MQTT-1.5.4-1", "MQTT3-1.5.3-1", "Trap-12")]
    public static Task A_string_with_a_character_above_U_10FFFF_ends_the_connection(Probe probe) =>
        AllAreRefusedAsync(probe, StringField.Of(probe.Version), [0xF4, 0x90, 0x80, 0x80]);

    /// <summary>Every kind of ill-formed UTF-8, in one string.</summary>
    [Check("MQTT-1.5.4-1", "MQTT3-1.5.3-1", "Trap-12")]
    public static Task Every_ill_formed_sequence_in_a_Topic_Name_ends_the_connection(Probe probe)
    {
        var field = StringField.Of(probe.Version).First(field => field.Place == Place.Publish);
        return Cases.EachAsync(IllFormed, flaw => flaw.Name, flaw => IsRefusedAsync(probe, field, flaw.Bytes));
    }

    /// <summary>Names and values of User Properties are strings.</summary>
    [Check("MQTT-1.5.7-1", "MQTT-1.5.4-2", "Trap-11")]
    public static Task A_User_Property_with_U_0000_ends_the_connection(Probe probe) => AllAreRefusedAsync(probe, StringField.Pairs, [0x00]);

    /// <summary>Names and values of User Properties are strings.</summary>
    [Check("MQTT-1.5.7-1", "MQTT-1.5.4-1", "Trap-12")]
    public static Task A_User_Property_with_a_surrogate_ends_the_connection(Probe probe) => AllAreRefusedAsync(probe, StringField.Pairs, [0xED, 0xBF, 0xBF]);

    /// <summary>Names and values of User Properties are strings.</summary>
    [Check("MQTT-1.5.7-1", "MQTT-1.5.4-1", "Trap-12")]
    public static Task A_User_Property_that_is_not_UTF_8_ends_the_connection(Probe probe) => AllAreRefusedAsync(probe, StringField.Pairs, [0xFF, 0xFE]);

    /// <summary>The code points beside the forbidden ones are allowed.</summary>
    [Check("MQTT-1.5.4-1", "MQTT3-1.5.3-1")]
    public static async Task Well_formed_strings_arrive_byte_for_byte(Probe probe)
    {
        var client = await probe.ConnectSubscriberAsync(probe.Topic("+/x"));
        foreach (var text in new[] { "\u00A0", "\u07FF", "\u0800", "\uD7FF", "\uE000", "\uFFFD", "\U00010000", "\U0002A6D4", "\U0010FFFD" })
        {
            var topic = probe.Topic($"{text}/x");
            await client.PublishAsync(topic, "text", qos: 0);
            var publish = await client.ReceivePublishAsync("text");
            Probe.Ensure(TopicBytes(publish).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(topic)), $"the topic with U+{char.ConvertToUtf32(text, 0):X4}", publish);
        }
    }

    /// <summary>EF BB BF at the start of a string is a character as any other.</summary>
    [Check("MQTT-1.5.4-3", "MQTT3-1.5.3-3", "Trap-13")]
    public static async Task U_FEFF_in_a_topic_is_kept(Probe probe)
    {
        // The topic begins with it, and only then come the levels that no other check uses.
        var topic = "\uFEFF" + probe.Topic("bom\uFEFF");
        var plain = await probe.ConnectSubscriberAsync(probe.Topic("#"));
        var client = await probe.ConnectSubscriberAsync("\uFEFF" + probe.Topic("#"));

        await client.PublishAsync(topic, "text", qos: 0);
        await client.PublishAsync(probe.Topic("bom"), "marker", qos: 0);

        var publish = await client.ReceivePublishAsync("text");
        Probe.Ensure(TopicBytes(publish).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(topic)), "both U+FEFF in the topic", publish);
        await plain.ReceivePublishAsync("marker");
    }

    /// <summary>A ClientId with EF BB BF and one without are two clients.</summary>
    [Check("MQTT-1.5.4-3", "MQTT3-1.5.3-3", "Trap-13")]
    public static async Task U_FEFF_in_a_ClientId_is_kept(Probe probe)
    {
        var plain = await probe.ConnectAsync("bom");
        var client = await probe.OpenAndSendConnectAsync(new ConnectOptions { ClientId = "\uFEFF" + probe.ClientId("bom") });
        var connack = await client.ReceiveAsync(PacketType.Connack);
        Probe.SkipUnless(connack.ReasonCode == 0, "the broker takes no ClientId with U+FEFF");

        await plain.PingAsync();
        await client.PingAsync();
    }

    /// <summary>Strings of properties keep EF BB BF.</summary>
    [Check("MQTT-1.5.4-3", "Trap-13")]
    public static async Task U_FEFF_in_a_property_is_kept(Probe probe)
    {
        var client = await probe.ConnectSubscriberAsync(probe.Topic("bom"));

        await client.SendPublishAsync(probe.Topic("bom"), "text", new PublishOptions { Properties = [WireProperty.User("\uFEFFname", "\uFEFFvalue")] });

        var publish = await client.ReceivePublishAsync("text");
        Probe.Ensure(publish.UserProperties is ["\uFEFFname=\uFEFFvalue"], "U+FEFF in name and value", publish);
    }

    /// <summary>Topics are compared as bytes: no case folding, no normalisation.</summary>
    [Check("Trap-15", Versions = Versions.All)]
    public static async Task Strings_that_only_look_alike_are_different(Probe probe)
    {
        foreach (var (filter, other) in new[] { ("\u00E4", "a\u0308"), ("a", "A"), ("stra\u00DFe", "strasse"), ("i", "\u0131"), ("x", "\uFF58"), ("y", "y ") })
        {
            var client = await probe.ConnectSubscriberAsync(probe.Topic(filter));
            await client.PublishAsync(probe.Topic(other), $"'{other}' is not '{filter}'", qos: 0);
            await client.PublishAsync(probe.Topic(filter), "same", qos: 0);
            await client.ReceivePublishAsync("same");
        }
    }

    private static Task AllAreRefusedAsync(Probe probe, IEnumerable<StringField> fields, byte[] flaw) =>
        Cases.EachAsync(fields, field => field.Name, field => IsRefusedAsync(probe, field, flaw));

    private static async Task IsRefusedAsync(Probe probe, StringField field, byte[] flaw)
    {
        var situation = await Situation.PrepareAsync(probe, field.Place);
        probe.Saw(await situation.IsRefusedAsync(field.BuildWith(situation, [.. "text"u8, .. flaw])));
    }

    private static byte[] TopicBytes(Received publish)
    {
        var start = publish.Packet.AsSpan(1).IndexOfAnyInRange<byte>(0x00, 0x7F) + 2;
        return publish.Packet[(start + 2)..(start + 2 + ((publish.Packet[start] << 8) | publish.Packet[start + 1]))];
    }
}
