using Godwit.Conformance.Wire;

namespace Godwit.Conformance.Checks.Tables;

/// <summary>A line of table 2-4 of MQTT 5.0, as far as it concerns what clients send.</summary>
/// <param name="Id">Property Identifier.</param>
/// <param name="Name">Name in the table.</param>
/// <param name="Places">Where it may stand; nowhere when only servers send it.</param>
/// <param name="Value">A legal value as it goes on the wire.</param>
internal sealed record PropertyRow(byte Id, string Name, Place Places, byte[] Value)
{
    /// <summary>All properties there are.</summary>
    public static readonly IReadOnlyList<PropertyRow> All =
    [
        new(0x01, "Payload Format Indicator", Place.Message, [0]),
        new(0x02, "Message Expiry Interval", Place.Message, [0, 0, 0, 60]),
        new(0x03, "Content Type", Place.Message, [0, 1, (byte)'c']),
        new(0x08, "Response Topic", Place.Message, [0, 1, (byte)'r']),
        new(0x09, "Correlation Data", Place.Message, [0, 1, 0xFF]),
        new(0x0B, "Subscription Identifier", Place.Publish | Place.Subscribe, [1]),
        new(0x11, "Session Expiry Interval", Place.Connect | Place.Disconnect, [0, 0, 0, 0]),
        new(0x12, "Assigned Client Identifier", Place.None, [0, 1, (byte)'a']),
        new(0x13, "Server Keep Alive", Place.None, [0, 60]),
        new(0x15, "Authentication Method", Place.Connect, [0, 1, (byte)'m']),
        new(0x16, "Authentication Data", Place.Connect, [0, 1, (byte)'d']),
        new(0x17, "Request Problem Information", Place.Connect, [1]),
        new(0x18, "Will Delay Interval", Place.Will, [0, 0, 0, 0]),
        new(0x19, "Request Response Information", Place.Connect, [0]),
        new(0x1A, "Response Information", Place.None, [0, 1, (byte)'i']),
        new(0x1C, "Server Reference", Place.Disconnect, [0, 1, (byte)'s']),
        new(0x1F, "Reason String", Place.Acks | Place.Disconnect, [0, 1, (byte)'r']),
        new(0x21, "Receive Maximum", Place.Connect, [0, 10]),
        new(0x22, "Topic Alias Maximum", Place.Connect, [0, 10]),
        new(0x23, "Topic Alias", Place.Publish, [0, 1]),
        new(0x24, "Maximum QoS", Place.None, [1]),
        new(0x25, "Retain Available", Place.None, [1]),
        new(0x26, "User Property", Place.WithProperties, [0, 1, (byte)'n', 0, 1, (byte)'v']),
        new(0x27, "Maximum Packet Size", Place.Connect, [0, 1, 0, 0]),
        new(0x28, "Wildcard Subscription Available", Place.None, [1]),
        new(0x29, "Subscription Identifier Available", Place.None, [1]),
        new(0x2A, "Shared Subscription Available", Place.None, [1]),
    ];

    /// <summary>Identifier and value as they go on the wire.</summary>
    public WireProperty Encoded => WireProperty.Raw([Id, .. Value]);

    /// <summary>The same property with another value, right or wrong.</summary>
    public WireProperty With(params byte[] value) => WireProperty.Raw([Id, .. value]);

    /// <summary>The property with this identifier.</summary>
    public static PropertyRow Of(byte id) => All.First(row => row.Id == id);
}
