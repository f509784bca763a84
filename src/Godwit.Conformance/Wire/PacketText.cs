using System.Globalization;
using System.Text;
using Godwit.Protocol;

namespace Godwit.Conformance.Wire;

/// <summary>Packets in the words of a report.</summary>
public static class PacketText
{
    private const int BytesShownMax = 48;

    /// <summary>The names of the specification.</summary>
    public static string NameOf(PacketType type) => type.ToString().ToUpperInvariant();

    /// <summary>A packet that came, e.g. <c>PUBACK id 1 code 0x10</c>.</summary>
    public static string Of(Received packet)
    {
        var text = new StringBuilder(NameOf(packet.Type));
        if (packet.Type == PacketType.Publish)
        {
            text.Append(CultureInfo.InvariantCulture, $" QoS {(int)packet.QoS}{(packet.Dup ? " DUP" : "")}{(packet.Retain ? " RETAIN" : "")} \"{Short(packet.Topic)}\" {Payload(packet)}");
        }

        if (packet.PacketId != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" id {packet.PacketId}");
        }

        if (packet.Type is PacketType.Connack or PacketType.Disconnect or PacketType.Auth || packet.ReasonCode != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" code 0x{packet.ReasonCode:X2}");
        }

        if (packet.SessionPresent)
        {
            text.Append(" session present");
        }

        if (packet.ReasonCodes.Length > 0)
        {
            text.Append(" codes ").AppendJoin(' ', packet.ReasonCodes.Select(code => "0x" + code.ToString("X2", CultureInfo.InvariantCulture)));
        }

        return packet.Properties.Count == 0 ? text.ToString() : text.Append(" {").AppendJoin(", ", packet.Properties).Append('}').ToString();
    }

    /// <summary>Bytes that a check sends, right or wrong, e.g. <c>CONNECT 10 0C 00 04 4D ...</c>.</summary>
    public static string Of(ReadOnlySpan<byte> packet)
    {
        if (packet.IsEmpty)
        {
            return "nothing";
        }

        var shown = packet[..Math.Min(packet.Length, BytesShownMax)];
        var text = new StringBuilder(NameOf((PacketType)(packet[0] >> 4)));
        foreach (var value in shown)
        {
            text.Append(CultureInfo.InvariantCulture, $" {value:X2}");
        }

        return shown.Length == packet.Length ? text.ToString() : text.Append(CultureInfo.InvariantCulture, $" ... ({packet.Length} bytes)").ToString();
    }

    private static string Payload(Received packet) =>
        packet.Payload.Length > BytesShownMax
            ? string.Create(CultureInfo.InvariantCulture, $"({packet.Payload.Length} bytes)")
            : packet.Payload.All(value => value is >= 0x20 and < 0x7F) ? $"'{packet.Text}'" : Convert.ToHexString(packet.Payload);

    private static string Short(string topic) => topic.Length <= 80 ? topic : string.Concat(topic.AsSpan(0, 60), "...", $"({topic.Length} characters)");
}
