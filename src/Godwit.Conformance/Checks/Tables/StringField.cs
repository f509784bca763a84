using System.Text;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks.Tables;

/// <summary>A string that a client sends.</summary>
/// <param name="Name">In words, e.g. <c>Content Type in PUBLISH</c>.</param>
/// <param name="Place">The packet that it stands in.</param>
/// <param name="Build">The packet with this text as the string.</param>
internal sealed record StringField(string Name, Place Place, Func<Situation, string, byte[]> Build)
{
    /// <summary>The strings of 3.1.1, which 5.0 has as well.</summary>
    private static readonly IReadOnlyList<StringField> Fields =
    [
        new("Client Identifier", Place.Connect, (at, text) => Connect(at, new ConnectOptions { ClientId = at.Probe.ClientId(text) })),
        new("Will Topic", Place.Connect, (at, text) => Connect(at, new ConnectOptions { Will = new WillOptions(at.Probe.Topic(text)) })),
        new("User Name", Place.Connect, (at, text) => Connect(at, new ConnectOptions { UserName = text })),
        new("Topic Name", Place.Publish, (at, text) => Packets.Publish(at.Probe.Version, at.Probe.Topic(text), "text", new PublishOptions { QoS = 1 }, 1)),
        new("Topic Filter in SUBSCRIBE", Place.Subscribe, (at, text) => Packets.Subscribe(at.Probe.Version, 1, new SubscribeOptions(), at.Probe.Topic(text))),
        new("Topic Filter in UNSUBSCRIBE", Place.Unsubscribe, (at, text) => Packets.Unsubscribe(at.Probe.Version, 1, at.Probe.Topic(text))),
    ];

    private static readonly IReadOnlyList<StringField> Properties =
    [
        .. InProperty(PropertyId.AuthenticationMethod, "Authentication Method", Place.Connect),
        .. InProperty(PropertyId.ContentType, "Content Type", Place.Message),
        .. InProperty(PropertyId.ResponseTopic, "Response Topic", Place.Message),
        .. InProperty(PropertyId.ReasonString, "Reason String", Place.Acks | Place.Disconnect),
    ];

    /// <summary>Names and values of User Properties.</summary>
    public static readonly IReadOnlyList<StringField> Pairs =
    [
        .. Place.WithProperties.Each().Select(place =>
            new StringField($"User Property name in {place.NameOf()}", place, (at, text) => at.Packet(WireProperty.User(text, "value")))),
        .. Place.WithProperties.Each().Select(place =>
            new StringField($"User Property value in {place.NameOf()}", place, (at, text) => at.Packet(WireProperty.User("name", text)))),
    ];

    /// <summary>The strings of a version; the pairs of 5.0 are not among them.</summary>
    public static IEnumerable<StringField> Of(ProtocolVersion version) => version == ProtocolVersion.Mqtt5 ? Fields.Concat(Properties) : Fields;

    /// <summary>The packet with these bytes as the string, or as the end of it.</summary>
    public byte[] BuildWith(Situation situation, byte[] bytes)
    {
        // A text of the same length is written first, so that all lengths are right, and then replaced.
        var stand = new string('~', bytes.Length);
        var packet = Build(situation, stand);
        bytes.CopyTo(packet.AsSpan(packet.AsSpan().IndexOf(Encoding.ASCII.GetBytes(stand))));
        return packet;
    }

    private static byte[] Connect(Situation at, ConnectOptions options) => Packets.Connect(at.Probe.Complete(options));

    private static IEnumerable<StringField> InProperty(PropertyId id, string name, Place places) =>
        places.Each().Select(place => new StringField($"{name} in {place.NameOf()}", place, (at, text) => at.Packet(WireProperty.Text(id, text))));
}
