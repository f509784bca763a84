using Godwit.Conformance.Checks.Tables;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>How often a property may stand, what it may hold, and how long all of them are (5.0 §2.2.2).</summary>
public static class PropertyValueChecks
{
    /// <summary>All but the User Property stand once.</summary>
    [Check("MQTT-4.13.1-1", "Trap-8")]
    public static Task A_property_twice_is_refused(Probe probe)
    {
        var cases = Each(row => row.Id != 0x26);
        return Cases.EachAsync(cases, row => $"{row.Property.Name} twice in {row.Place.NameOf()}", async row =>
        {
            // Authentication Data alone would be wrong for another reason.
            IEnumerable<WireProperty> before = row.Property.Id == 0x16 ? [PropertyRow.Of(0x15).Encoded] : [];
            var situation = await Situation.PrepareAsync(probe, row.Place);
            probe.Saw(await situation.IsRefusedAsync(situation.Packet([.. before, row.Property.Encoded, row.Property.Encoded])));
        });
    }

    /// <summary>The User Property may be repeated, even with the same name.</summary>
    [Check("Trap-8", Versions = Versions.Mqtt5)]
    public static Task A_User_Property_twice_is_accepted(Probe probe) =>
        Cases.EachAsync(Place.WithProperties.Each(), place => place.NameOf(), async place =>
        {
            var situation = await Situation.PrepareAsync(probe, place);
            await situation.IsAcceptedAsync(situation.Packet(WireProperty.User("n", "v"), WireProperty.User("n", "v"), WireProperty.User("", "")));
        });

    /// <summary>Request Response Information and Request Problem Information are 0 or 1.</summary>
    [Check("MQTT-4.13.1-1", "Trap-9")]
    public static Task A_boolean_property_of_2_is_refused(Probe probe) =>
        AreRefusedAsync(probe, (Place.Connect, 0x19, [2]), (Place.Connect, 0x17, [2]), (Place.Connect, 0x19, [0xFF]), (Place.Connect, 0x17, [0xFF]));

    /// <summary>The Payload Format Indicator has two values.</summary>
    [Check("Trap-9", Versions = Versions.Mqtt5, IsRecommendation = true)]
    public static Task A_Payload_Format_Indicator_of_2_is_refused(Probe probe) =>
        AreRefusedAsync(probe, (Place.Publish, 0x01, [2]), (Place.Will, 0x01, [2]));

    /// <summary>A Receive Maximum of 0 would let nothing through, a Maximum Packet Size of 0 not even CONNACK.</summary>
    [Check("MQTT-4.13.1-1", "Trap-10")]
    public static Task A_Receive_Maximum_or_Maximum_Packet_Size_of_0_is_refused(Probe probe) =>
        AreRefusedAsync(probe, (Place.Connect, 0x21, [0, 0]), (Place.Connect, 0x27, [0, 0, 0, 0]));

    /// <summary>Subscription Identifiers begin at 1.</summary>
    [Check("MQTT-4.13.1-1", "Trap-10")]
    public static Task A_Subscription_Identifier_of_0_ends_the_connection(Probe probe) => AreRefusedAsync(probe, (Place.Subscribe, 0x0B, [0]));

    /// <summary>A Subscription Identifier has at most four bytes.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7")]
    public static Task A_Subscription_Identifier_of_five_bytes_ends_the_connection(Probe probe) =>
        AreRefusedAsync(probe, (Place.Subscribe, 0x0B, [0x80, 0x80, 0x80, 0x80, 0x01]));

    /// <summary>Property Length says more than the packet has.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7")]
    public static Task A_Property_Length_beyond_the_packet_is_refused(Probe probe) =>
        BlocksAreRefusedAsync(probe, [0x7F, .. WireProperty.User("n", "v").Encoded]);

    /// <summary>Property Length ends inside the name of a User Property.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7")]
    public static Task A_Property_Length_that_ends_inside_a_property_is_refused(Probe probe) =>
        BlocksAreRefusedAsync(probe, [0x03, .. WireProperty.User("n", "v").Encoded]);

    /// <summary>Property Length has at most four bytes.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7")]
    public static Task A_Property_Length_of_five_bytes_is_refused(Probe probe) => BlocksAreRefusedAsync(probe, [0xFF, 0xFF, 0xFF, 0xFF, 0x01]);

    /// <summary>Each property without the last byte of its value, as the last one of its packet.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7")]
    public static Task A_property_without_its_last_byte_is_refused(Probe probe) =>
        Cases.EachAsync(Each(_ => true), row => $"{row.Property.Name} in {row.Place.NameOf()}", async row =>
        {
            var situation = await Situation.PrepareAsync(probe, row.Place);
            probe.Saw(await situation.IsRefusedAsync(situation.Packet(row.Property.With(row.Property.Value[..^1]))));
        });

    /// <summary>A packet without properties still has a Property Length. The acknowledgements may leave it out.</summary>
    [Check("MQTT-2.2.2-1", "MQTT-4.13.1-1")]
    public static Task A_packet_without_Property_Length_is_refused(Probe probe) =>
        Cases.EachAsync((Place.Connect | Place.Will | Place.Publish | Place.Subscribe | Place.Unsubscribe).Each(), place => place.NameOf(), async place =>
        {
            var situation = await Situation.PrepareAsync(probe, place);
            probe.Saw(await situation.IsRefusedAsync(situation.PacketWithBlock([])));
        });

    /// <summary>Where the broker has nothing to say it writes a Property Length of 0.</summary>
    [Check("MQTT-2.2.2-1")]
    public static async Task The_broker_writes_a_Property_Length_when_there_are_no_properties(Probe probe)
    {
        var client = await probe.ConnectSubscriberAsync(probe.Topic("none"), qos: 1);
        var packet = Packets.Publish(probe.Version, probe.Topic("none"), "text", new PublishOptions(), 0);
        await client.SendAsync(packet);

        var publish = await client.ReceivePublishAsync("text");
        Probe.Ensure(publish.Packet.AsSpan().SequenceEqual(packet), "the PUBLISH as it was sent", PacketText.Of(publish.Packet));

        // Topic of the PUBLISH, then code and properties of the others: that they are read at all shows their Property Length.
        await client.SendAsync(Packets.Subscribe(probe.Version, 8, new SubscribeOptions(), probe.Topic("a")), Packets.Unsubscribe(probe.Version, 9, probe.Topic("a")));
        var suback = await client.ReceiveAnswerAsync(PacketType.Suback, 8);
        Probe.Ensure(suback.ReasonCodes.Length == 1, "SUBACK with a Property Length and one code", PacketText.Of(suback.Packet));
        var unsuback = await client.ReceiveAnswerAsync(PacketType.Unsuback, 9);
        Probe.Ensure(unsuback.ReasonCodes.Length == 1, "UNSUBACK with a Property Length and one code", PacketText.Of(unsuback.Packet));
    }

    /// <summary>Every place with the properties that may stand there.</summary>
    private static IEnumerable<(Place Place, PropertyRow Property)> Each(Func<PropertyRow, bool> which) =>
        Place.WithProperties.Each().SelectMany(place => PropertyRow.All.Where(row => row.Places.HasFlag(place) && which(row)).Select(row => (place, row)));

    private static Task AreRefusedAsync(Probe probe, params (Place Place, byte Id, byte[] Value)[] cases) =>
        Cases.EachAsync(cases, row => $"{PropertyRow.Of(row.Id).Name} {Convert.ToHexString(row.Value)} in {row.Place.NameOf()}", async row =>
        {
            var situation = await Situation.PrepareAsync(probe, row.Place);
            probe.Saw(await situation.IsRefusedAsync(situation.Packet(PropertyRow.Of(row.Id).With(row.Value))));
        });

    private static Task BlocksAreRefusedAsync(Probe probe, byte[] block) =>
        Cases.EachAsync(Place.WithProperties.Each(), place => place.NameOf(), async place =>
        {
            var situation = await Situation.PrepareAsync(probe, place);
            probe.Saw(await situation.IsRefusedAsync(situation.PacketWithBlock(block)));
        });
}
