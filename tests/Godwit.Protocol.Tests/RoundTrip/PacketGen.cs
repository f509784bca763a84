using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests.RoundTrip;

/// <summary>Generated fields of packets, all legal.</summary>
internal static class PacketGen
{
    public static readonly Gen<bool> Flag = Gen.Elements(false, true);

    public static readonly Gen<QoS> QoS = Gen.Elements(Enum.GetValues<QoS>());

    public static readonly Gen<ProtocolVersion> Version = Gen.Elements(Enum.GetValues<ProtocolVersion>());

    public static readonly Gen<ushort> PacketId = Gen.Choose(1, 65_535).Select(id => (ushort)id);

    public static readonly Gen<ushort> UInt16 = Gen.Choose(0, 65_535).Select(value => (ushort)value);

    /// <summary>0 to 300 bytes of any kind.</summary>
    public static readonly Gen<byte[]> Bytes =
        from length in Gen.Frequency((8, Gen.Choose(0, 20)), (1, Gen.Choose(100, 300)))
        from bytes in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length)
        select bytes;

    /// <summary>UTF-8 without U+0000 of 0 to 12 characters from everywhere.</summary>
    public static readonly Gen<byte[]> Text = TextOf("a", "b", "/", " ", "+", "#", "$", "\u0001", "\u007F", "\u0080", "\u07FF", "\u0800", "\uD7FF", "\uFEFF", "\uFFFF", "\U00010000", "\U0010FFFF");

    /// <summary>A Topic Name: not empty, no wildcards.</summary>
    public static readonly Gen<byte[]> Topic = TextOf("a", "b", "/", " ", "$", "\uFEFF", "温").Where(topic => topic.Length > 0);

    public static readonly Gen<SubscriptionOptions> Options5 =
        from qos in QoS
        from noLocal in Flag
        from retainAsPublished in Flag
        from handling in Gen.Elements(Enum.GetValues<RetainHandling>())
        select new SubscriptionOptions(qos, noLocal, retainAsPublished, handling);

    public static Gen<SubscriptionOptions> Options(ProtocolVersion version) =>
        version == ProtocolVersion.Mqtt5 ? Options5 : QoS.Select(qos => new SubscriptionOptions(qos, false, false, RetainHandling.SendAtSubscribe));

    public static Gen<T> Code<T>()
        where T : struct, Enum =>
        Gen.Elements(Enum.GetValues<T>());

    /// <summary>Null half of the time.</summary>
    public static Gen<byte[]?> Maybe(Gen<byte[]> value) => Gen.OneOf(value.Select(byte[]? (bytes) => bytes), Gen.Constant<byte[]?>(null));

    /// <summary>Properties that may stand in the place, in any order, encoded; none before 5.0.</summary>
    public static Gen<byte[]> Properties(string placeName, ProtocolVersion version)
    {
        if (version != ProtocolVersion.Mqtt5)
        {
            return Gen.Constant(Array.Empty<byte>());
        }

        var place = Place.Of(placeName);
        var once = PropertyFact.All.Where(fact => fact.IsAllowedIn(place) && !fact.MayRepeatIn(place)).ToArray();
        var often = PropertyFact.All.Where(fact => fact.MayRepeatIn(place)).ToArray();
        return
            from single in Gen.SubListOf(once)
            from repeated in Gen.Elements(often).ArrayOf().Resize(4)
            from order in Gen.Shuffle([.. single, .. repeated])
            from encoded in Gen.CollectToArray(order, Property)
            select WithMethod(place, encoded);
    }

    public static Gen<byte[]> Property(PropertyFact fact) => Value(fact).Select(value => (byte[])[(byte)fact.Id, .. value]);

    private static byte[] WithMethod(Place place, byte[][] properties)
    {
        const byte Method = 0x15;
        const byte Data = 0x16;
        var isNeeded = place.Name is "AUTH" || Array.Exists(properties, property => property[0] == Data);
        var isThere = Array.Exists(properties, property => property[0] == Method);
        return [.. properties.SelectMany(property => property), .. isNeeded && !isThere ? Hex.Parse("15 0001 'm'") : []];
    }

    private static Gen<byte[]> Value(PropertyFact fact)
    {
        var first = fact.OutOfRange.Contains("0000", StringComparer.Ordinal) || fact.OutOfRange.Contains("00000000", StringComparer.Ordinal) ? 1 : 0;
        return fact.Type switch
        {
            "Byte" => Gen.Elements<byte>(0, 1).Select(value => (byte[])[value]),
            "Two" => Gen.Choose(first, 65_535).Select(value => (byte[])[(byte)(value >> 8), (byte)value]),
            "Four" => Gen.Choose(first, int.MaxValue).Select(value => (byte[])[(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]),
            "Variable" => Gen.Choose(1, 268_435_455).Select(Raw.VariableByteInteger),
            "Binary" => Bytes.Select(Raw.String),
            "Pair" => Text.Two().Select(pair => (byte[])[.. Raw.String(pair.Item1), .. Raw.String(pair.Item2)]),
            _ => (fact.Id == 0x08 ? Topic : Text).Select(Raw.String),
        };
    }

    private static Gen<byte[]> TextOf(params string[] characters) =>
        from length in Gen.Choose(0, 12)
        from text in Gen.Elements(characters).ArrayOf(length)
        select Encoding.UTF8.GetBytes(string.Concat(text));
}
