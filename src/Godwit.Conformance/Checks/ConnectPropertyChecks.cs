using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>What the properties of CONNECT ask of the broker, 5.0 alone (§3.1.2.11).</summary>
public static class ConnectPropertyChecks
{
    [Check("MQTT-3.1.4-1")]
    public static async Task A_property_with_a_value_that_it_cannot_have_is_refused(Probe probe)
    {
        await IsRefusedAsync(probe, WireProperty.Number(PropertyId.ReceiveMaximum, 0));
        await IsRefusedAsync(probe, WireProperty.Number(PropertyId.RequestProblemInformation, 2));
        await IsRefusedAsync(probe, WireProperty.Number(PropertyId.RequestResponseInformation, 2));
    }

    [Check("MQTT-3.1.4-1")]
    public static async Task A_Maximum_Packet_Size_of_0_is_refused(Probe probe)
    {
        var client = await probe.OpenAndSendConnectAsync(new ConnectOptions { MaximumPacketSize = 0 });

        probe.Saw(await client.IsRefusedAsync(0x80, 0x81, 0x82));
    }

    [Check("MQTT-3.1.4-1")]
    public static async Task A_property_of_CONNECT_that_comes_twice_is_refused(Probe probe)
    {
        foreach (var id in new[] { PropertyId.SessionExpiryInterval, PropertyId.ReceiveMaximum, PropertyId.MaximumPacketSize, PropertyId.TopicAliasMaximum })
        {
            await IsRefusedAsync(probe, WireProperty.Number(id, 100), WireProperty.Number(id, 100));
        }

        await IsRefusedAsync(
            probe, WireProperty.Number(PropertyId.RequestProblemInformation, 1), WireProperty.Number(PropertyId.RequestProblemInformation, 1));
        await IsRefusedAsync(
            probe, WireProperty.Number(PropertyId.RequestResponseInformation, 1), WireProperty.Number(PropertyId.RequestResponseInformation, 1));
    }

    [Check("MQTT-3.1.4-1")]
    public static async Task A_property_that_CONNECT_does_not_have_is_refused(Probe probe)
    {
        await IsRefusedAsync(probe, WireProperty.Number(PropertyId.ServerKeepAlive, 10));
        await IsRefusedAsync(probe, WireProperty.Number(PropertyId.WillDelayInterval, 10));
        await IsRefusedAsync(probe, WireProperty.Text(PropertyId.ReasonString, "why"));
    }

    [Check("MQTT-3.1.4-5")]
    public static async Task CONNECT_may_have_User_Properties_with_the_same_name(Probe probe)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { Properties = [WireProperty.User("a", "1"), WireProperty.User("a", "1"), WireProperty.User("", "")] });

        await client.PingAsync();
    }

    [Check("MQTT-3.1.2-28", "Trap-103")]
    public static async Task Response_Information_is_not_sent_unasked(Probe probe)
    {
        var silent = await probe.ConnectAsync();
        var declining = await probe.ConnectAsync(new ConnectOptions { Properties = [WireProperty.Number(PropertyId.RequestResponseInformation, 0)] });

        EnsureNoResponseInformation(silent);
        EnsureNoResponseInformation(declining);
    }

    [Check("MQTT-3.1.2-28", "Trap-103")]
    public static async Task Response_Information_may_be_asked_for(Probe probe)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { Properties = [WireProperty.Number(PropertyId.RequestResponseInformation, 1)] });

        probe.Saw(client.Connack!.Property(PropertyId.ResponseInformation) is { } information ? information.ToString() : "sends no Response Information");
        await client.PingAsync();
    }

    [Check("MQTT-3.1.2-29", "Trap-40")]
    public static async Task Without_Request_Problem_Information_failures_are_not_explained(Probe probe)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { Properties = [WireProperty.Number(PropertyId.RequestProblemInformation, 0)] });

        Needs.QoS(client, 2);
        await client.SendAsync(
            Packets.Ack(probe.Version, PacketType.Pubrel, 100),                                             // an id that is not in use
            Packets.Unsubscribe(probe.Version, 101, probe.Topic("never")),
            Packets.Publish(probe.Version, probe.Topic("t"), "nobody", new PublishOptions { QoS = 1 }, 102),
            Packets.Publish(probe.Version, probe.Topic("t"), "nobody", new PublishOptions { QoS = 2 }, 103),
            Packets.Subscribe(probe.Version, 104, new SubscribeOptions(), "a#"));

        foreach (var type in new[] { PacketType.Pubcomp, PacketType.Unsuback, PacketType.Puback, PacketType.Pubrec })
        {
            EnsureNotExplained(await client.ReceiveAsync(type));
        }

        // An ill-formed filter may end the connection, and DISCONNECT may always say why.
        if (await client.ReceiveOrEndAsync("SUBACK, or the end of the connection") is { Type: PacketType.Suback } suback)
        {
            EnsureNotExplained(suback);
        }
    }

    [Check("MQTT-3.1.2-29", "Trap-40")]
    public static async Task Without_Request_Problem_Information_PUBLISH_keeps_its_User_Properties(Probe probe)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { Properties = [WireProperty.Number(PropertyId.RequestProblemInformation, 0)] });
        await client.SubscribeAsync(probe.Topic("t"));

        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("t"), "message", new PublishOptions { Properties = [WireProperty.User("a", "b")] });

        var publish = await client.ReceivePublishAsync("message");
        Probe.Ensure(publish.UserProperties is ["a=b"], "the User Property of the message", publish);
    }

    [Check("MQTT-3.1.2-24", "MQTT-3.1.2-25")]
    public static async Task A_message_above_the_Maximum_Packet_Size_is_left_out(Probe probe)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { MaximumPacketSize = 100, ReceiveMaximum = 1 });
        await client.SubscribeAsync(probe.Topic("t"), 1);
        var publisher = await probe.ConnectAsync();

        await publisher.PublishAsync(probe.Topic("t"), new string('x', 200), 0);
        await publisher.PublishAsync(probe.Topic("t"), new string('x', 200), 1);
        await publisher.PublishAsync(probe.Topic("t"), "small", 1);

        await client.TakeAsync("small");                                // and the large one does not count as unacknowledged
        await client.PingAsync();
    }

    [Check("MQTT-3.1.2-24")]
    public static async Task The_Maximum_Packet_Size_counts_the_whole_packet(Probe probe)
    {
        const int Maximum = 120;
        var client = await probe.ConnectAsync(new ConnectOptions { MaximumPacketSize = Maximum });
        await client.SubscribeAsync(probe.Topic("t"));
        var overhead = Packets.Publish(probe.Version, probe.Topic("t"), "", new PublishOptions(), 0).Length;
        var publisher = await probe.ConnectAsync();

        await publisher.PublishAsync(probe.Topic("t"), new string('x', Maximum - overhead + 1), 0);
        await publisher.PublishAsync(probe.Topic("t"), new string('y', Maximum - overhead), 0);

        await client.ReceivePublishAsync(new string('y', Maximum - overhead));
    }

    [Check("MQTT-3.1.2-24")]
    public static async Task An_answer_above_the_Maximum_Packet_Size_is_not_sent(Probe probe)
    {
        const int Maximum = 60;
        var client = await probe.ConnectAsync(new ConnectOptions { MaximumPacketSize = Maximum });

        await client.SendAsync(
            Packets.Subscribe(probe.Version, 1, new SubscribeOptions(), Enumerable.Range(0, 100).Select(i => probe.Topic($"t{i}"))),
            Packets.Pingreq);

        while (await client.ReceiveOrEndAsync("PINGRESP, or the end of the connection") is { } packet)
        {
            Probe.Ensure(packet.Packet.Length <= Maximum, $"packets of at most {Maximum} bytes", packet);
            if (packet.Type == PacketType.Pingresp)
            {
                probe.Saw("leaves out a SUBACK that is too large");
                return;
            }
        }

        probe.Saw("ends the connection when SUBACK is too large");
    }

    [Check("MQTT-3.1.2-27")]
    public static async Task Without_Topic_Alias_Maximum_topics_are_sent_whole(Probe probe)
    {
        await ReceiveWithAliasesAsync(probe, null);
        await ReceiveWithAliasesAsync(probe, 0);
    }

    [Check("MQTT-3.1.2-26")]
    public static async Task Topic_Aliases_stay_within_the_maximum_of_the_client(Probe probe)
    {
        var aliases = await ReceiveWithAliasesAsync(probe, 2);

        probe.Saw(aliases > 0 ? "uses Topic Aliases" : "uses no Topic Aliases");
    }

    /// <summary>Five topics, three messages each; every alias must be allowed and lead to the right topic.</summary>
    private static async Task<int> ReceiveWithAliasesAsync(Probe probe, ushort? maximum)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { TopicAliasMaximum = maximum });
        var topics = Enumerable.Range(0, 5).Select(i => probe.Topic($"alias{i}")).ToList();
        foreach (var topic in topics)
        {
            await client.SubscribeAsync(topic);
        }

        var publisher = await probe.ConnectAsync();
        var known = new Dictionary<uint, string>();
        for (var i = 0; i < 15; i++)
        {
            await publisher.PublishAsync(topics[i % 5], "message", 0);
            var publish = await client.ReceivePublishAsync("message");
            var alias = publish.NumberOr(PropertyId.TopicAlias, 0);
            Probe.Ensure(alias <= (maximum ?? 0), $"a Topic Alias of at most {maximum ?? 0}", publish);
            if (alias > 0 && publish.Topic.Length > 0)
            {
                known[alias] = publish.Topic;
            }

            var meant = publish.Topic.Length > 0 ? publish.Topic : known.GetValueOrDefault(alias);
            Probe.Ensure(string.Equals(meant, topics[i % 5], StringComparison.Ordinal), $"the topic {topics[i % 5]}", publish);
        }

        return known.Count;
    }

    private static async Task IsRefusedAsync(Probe probe, params WireProperty[] properties)
    {
        var client = await probe.OpenAndSendConnectAsync(new ConnectOptions { Properties = properties });

        probe.Saw(await client.IsRefusedAsync(0x80, 0x81, 0x82, 0x8C));
    }

    private static void EnsureNoResponseInformation(WireClient client) =>
        Probe.Ensure(client.Connack!.Property(PropertyId.ResponseInformation) is null, "CONNACK without Response Information", client.Connack);

    private static void EnsureNotExplained(Received packet) =>
        Probe.Ensure(
            packet.Property(PropertyId.ReasonString) is null && packet.UserProperties.Count == 0, "no Reason String and no User Property", packet);
}
