using System.Text;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Protocol.Tests.Support;

/// <summary>A packet as one line of text with every field that is not absent: what the golden table expects and failures print.</summary>
internal static class PacketText
{
    public static string Of(in ConnectPacket packet)
    {
        var text = new StringBuilder("CONNECT ").Append(Version(packet.Version));
        text.Append(packet.IsBridge ? " bridge" : "").Append(" id=").Append(Bytes(packet.ClientId));
        text.Append(packet.CleanStart ? " clean" : "").Append(" keepalive=").Append(packet.KeepAliveSeconds).Append(Properties(packet.Properties));
        if (packet.HasWill)
        {
            text.Append(" will=").Append(Bytes(packet.WillTopic)).Append(" qos=").Append((int)packet.WillQoS);
            text.Append(packet.WillRetain ? " retain" : "").Append(Properties(packet.WillProperties)).Append(" payload=").Append(Bytes(packet.WillPayload));
        }

        text.Append(packet.HasUserName ? " user=" + Bytes(packet.UserName) : "");
        return text.Append(packet.HasPassword ? " password=" + Bytes(packet.Password) : "").ToString();
    }

    public static string Of(in ConnackPacket packet) =>
        $"CONNACK {packet.ReasonCode}{(packet.SessionPresent ? " session" : "")}{Properties(packet.Properties)}";

    public static string Of(in PublishPacket packet)
    {
        var text = new StringBuilder("PUBLISH ").Append(Bytes(packet.Topic)).Append(" qos=").Append((int)packet.QoS);
        text.Append(packet.Dup ? " dup" : "").Append(packet.Retain ? " retain" : "");
        text.Append(packet.QoS == QoS.AtMostOnce ? "" : $" id={packet.PacketId}").Append(Properties(packet.Properties));
        return text.Append(" payload=").Append(Bytes(packet.Payload)).ToString();
    }

    public static string Of(in PubackPacket packet) => $"PUBACK id={packet.PacketId} {packet.ReasonCode}{Properties(packet.Properties)}";

    public static string Of(in PubrecPacket packet) => $"PUBREC id={packet.PacketId} {packet.ReasonCode}{Properties(packet.Properties)}";

    public static string Of(in PubrelPacket packet) => $"PUBREL id={packet.PacketId} {packet.ReasonCode}{Properties(packet.Properties)}";

    public static string Of(in PubcompPacket packet) => $"PUBCOMP id={packet.PacketId} {packet.ReasonCode}{Properties(packet.Properties)}";

    public static string Of(in SubscribePacket packet)
    {
        var text = new StringBuilder("SUBSCRIBE id=").Append(packet.PacketId).Append(Properties(packet.Properties));
        foreach (var entry in packet.Filters)
        {
            var options = entry.Options;
            text.Append(' ').Append(Bytes(entry.Filter)).Append(':').Append((int)options.QoS);
            text.Append(options.NoLocal ? ",nolocal" : "").Append(options.RetainAsPublished ? ",rap" : "");
            text.Append(options.RetainHandling == RetainHandling.SendAtSubscribe ? "" : $",{options.RetainHandling}");
        }

        return text.ToString();
    }

    public static string Of(in SubackPacket packet)
    {
        var text = new StringBuilder("SUBACK id=").Append(packet.PacketId).Append(Properties(packet.Properties));
        foreach (var code in packet.ReasonCodes)
        {
            text.Append(' ').Append((SubackReasonCode)code);
        }

        return text.ToString();
    }

    public static string Of(in UnsubscribePacket packet)
    {
        var text = new StringBuilder("UNSUBSCRIBE id=").Append(packet.PacketId).Append(Properties(packet.Properties));
        foreach (var filter in packet.Filters)
        {
            text.Append(' ').Append(Bytes(filter));
        }

        return text.ToString();
    }

    public static string Of(in UnsubackPacket packet)
    {
        var text = new StringBuilder("UNSUBACK id=").Append(packet.PacketId).Append(Properties(packet.Properties));
        foreach (var code in packet.ReasonCodes)
        {
            text.Append(' ').Append((UnsubackReasonCode)code);
        }

        return text.ToString();
    }

    public static string Of(in DisconnectPacket packet) => $"DISCONNECT {packet.ReasonCode}{Properties(packet.Properties)}";

    public static string Of(in AuthPacket packet) => $"AUTH {packet.ReasonCode}{Properties(packet.Properties)}";

    /// <summary>Printable ASCII in quotes, anything else in hexadecimal: <c>'a/b'</c>, <c>x'C3A4'</c>.</summary>
    public static string Bytes(ReadOnlySpan<byte> bytes) =>
        bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~') || bytes.Contains((byte)'\'')
            ? $"x'{Convert.ToHexString(bytes)}'"
            : $"'{Encoding.ASCII.GetString(bytes)}'";

    private static string Version(ProtocolVersion version) => version switch
    {
        ProtocolVersion.Mqtt31 => "3.1",
        ProtocolVersion.Mqtt311 => "3.1.1",
        ProtocolVersion.Mqtt5 => "5.0",
        _ => "?",
    };

    private static string Properties(PropertyBlock properties)
    {
        if (properties.IsEmpty)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var property in properties)
        {
            text.Append(text.Length == 0 ? " {" : ", ").Append(property.Id).Append('=').Append(Value(property));
        }

        return text.Append('}').ToString();
    }

    private static string Value(in Property property) => PropertyRules.Of((uint)property.Id).Type switch
    {
        PropertyType.StringPair => Bytes(property.Name) + "=" + Bytes(property.Value),
        PropertyType.String or PropertyType.Binary => Bytes(property.Value),
        _ => $"{property.Number}",
    };
}
