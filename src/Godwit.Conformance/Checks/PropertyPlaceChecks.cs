using Godwit.Conformance.Checks.Tables;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Which property may stand in which packet (5.0 §2.2.2.2, table 2-4).</summary>
public static class PropertyPlaceChecks
{
    /// <summary>Identifiers that the table does not have, in one byte and in two.</summary>
    private static readonly byte[][] Unknown = [[0x00, 0x00], [0x04, 0x00], [0x2B, 0x00], [0x7F, 0x00], [0x80, 0x01, 0x00], [0xFF, 0xFF, 0xFF, 0x7F, 0x00]];

    /// <summary>The whole column of the table.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7")]
    public static Task A_property_of_another_packet_in_CONNECT_is_refused(Probe probe) => OthersAreRefusedAsync(probe, Place.Connect);

    /// <summary>The whole column of the table.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7")]
    public static Task A_property_of_another_packet_in_the_Will_Properties_is_refused(Probe probe) => OthersAreRefusedAsync(probe, Place.Will);

    /// <summary>The whole column of the table.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7")]
    public static Task A_property_of_another_packet_in_PUBLISH_ends_the_connection(Probe probe) => OthersAreRefusedAsync(probe, Place.Publish);

    /// <summary>The whole column of the table.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7")]
    public static Task A_property_of_another_packet_in_PUBACK_ends_the_connection(Probe probe) => OthersAreRefusedAsync(probe, Place.Puback);

    /// <summary>The whole column of the table.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7")]
    public static Task A_property_of_another_packet_in_PUBREC_ends_the_connection(Probe probe) => OthersAreRefusedAsync(probe, Place.Pubrec);

    /// <summary>The whole column of the table.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7")]
    public static Task A_property_of_another_packet_in_PUBREL_ends_the_connection(Probe probe) => OthersAreRefusedAsync(probe, Place.Pubrel);

    /// <summary>The whole column of the table.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7")]
    public static Task A_property_of_another_packet_in_PUBCOMP_ends_the_connection(Probe probe) => OthersAreRefusedAsync(probe, Place.Pubcomp);

    /// <summary>The whole column of the table.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7")]
    public static Task A_property_of_another_packet_in_SUBSCRIBE_ends_the_connection(Probe probe) => OthersAreRefusedAsync(probe, Place.Subscribe);

    /// <summary>The whole column of the table.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7")]
    public static Task A_property_of_another_packet_in_UNSUBSCRIBE_ends_the_connection(Probe probe) => OthersAreRefusedAsync(probe, Place.Unsubscribe);

    /// <summary>The whole column of the table; the refusal shows in the will.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7", "Trap-92")]
    public static Task A_property_of_another_packet_in_DISCONNECT_is_refused(Probe probe) => OthersAreRefusedAsync(probe, Place.Disconnect);

    /// <summary>Nobody knows how long such a property is.</summary>
    [Check("MQTT-4.13.1-1", "Trap-7")]
    public static Task A_property_that_does_not_exist_is_refused(Probe probe)
    {
        var cases = Place.WithProperties.Each().SelectMany(place => Unknown.Select(property => (Place: place, Property: property)));
        return Cases.EachAsync(cases, row => $"{Convert.ToHexString(row.Property)} in {row.Place.NameOf()}", async row =>
        {
            var situation = await Situation.PrepareAsync(probe, row.Place);
            probe.Saw(await situation.IsRefusedAsync(situation.Packet(WireProperty.Raw(row.Property))));
        });
    }

    /// <summary>The table the other way round: one property a packet.</summary>
    [Check("Trap-7", Versions = Versions.Mqtt5)]
    public static async Task Every_property_is_accepted_where_it_may_stand(Probe probe)
    {
        var rows = await UsableAsync(probe);
        var cases = Place.WithProperties.Each().SelectMany(place => rows.Where(row => Takes(place, row)).Select(row => (Place: place, Row: row)));
        await Cases.EachAsync(cases, row => $"{row.Row.Name} in {row.Place.NameOf()}", async row =>
        {
            var situation = await Situation.PrepareAsync(probe, row.Place);
            await situation.IsAcceptedAsync(situation.Packet(row.Row.Encoded));
        });
    }

    /// <summary>All properties of a packet at once, in the order of their identifiers and backwards: the order says nothing.</summary>
    [Check("Trap-7", Versions = Versions.Mqtt5)]
    public static async Task Properties_may_stand_in_any_order(Probe probe)
    {
        var rows = await UsableAsync(probe);
        var cases = Place.WithProperties.Each().SelectMany(place => new[] { (Place: place, Backwards: false), (Place: place, Backwards: true) });
        await Cases.EachAsync(cases, row => $"{row.Place.NameOf()}{(row.Backwards ? ", backwards" : "")}", async row =>
        {
            var properties = rows.Where(property => Takes(row.Place, property)).OrderBy(property => row.Backwards ? -property.Id : property.Id);
            var situation = await Situation.PrepareAsync(probe, row.Place);
            await situation.IsAcceptedAsync(situation.Packet(properties.Select(property => property.Encoded)));
        });
    }

    private static Task OthersAreRefusedAsync(Probe probe, Place place) =>
        Cases.EachAsync(PropertyRow.All.Where(row => !row.Places.HasFlag(place)), row => $"{row.Name} in {place.NameOf()}", async row =>
        {
            var situation = await Situation.PrepareAsync(probe, place);
            probe.Saw(await situation.IsRefusedAsync(situation.Packet(row.Encoded)));
        });

    /// <summary>The properties that this broker offers; authentication needs a method, which this check does not have.</summary>
    private static async Task<List<PropertyRow>> UsableAsync(Probe probe)
    {
        var connack = (await probe.ConnectAsync()).Connack!;
        var usable = PropertyRow.All.Where(row => row.Id is not 0x15 and not 0x16);
        if (connack.NumberOr(PropertyId.TopicAliasMaximum, 0) == 0)
        {
            usable = usable.Where(row => row.Id != 0x23);
        }

        return [.. connack.NumberOr(PropertyId.SubscriptionIdentifierAvailable, 1) == 0 ? usable.Where(row => row.Id != 0x0B) : usable];
    }

    /// <summary>Two entries of the table are for servers only: the Subscription Identifier in PUBLISH, the Server Reference in DISCONNECT.</summary>
    private static bool Takes(Place place, PropertyRow row) =>
        row.Places.HasFlag(place) && (place, row.Id) is not (Place.Publish, 0x0B) and not (Place.Disconnect, 0x1C);
}
