using System.Text;

namespace Godwit.Broker.Tests.Harness;

/// <summary>Packets with every byte at the test's will.</summary>
public static class RawPacket
{
    /// <summary>A packet with a Remaining Length of at most 127.</summary>
    public static byte[] Of(byte firstByte, params byte[] body) => [firstByte, checked((byte)body.Length), .. body];

    /// <summary>A CONNECT; without a payload of its own it has the client identifier <c>raw</c>.</summary>
    /// <param name="name">Protocol name.</param>
    /// <param name="level">Protocol level.</param>
    /// <param name="flags">Connect Flags; 0x02 is Clean Start alone.</param>
    /// <param name="properties">Encoded properties without their length; level 5 alone has them.</param>
    /// <param name="payload">All that follows the variable header.</param>
    public static byte[] Connect(string name = "MQTT", byte level = 4, byte flags = 0x02, byte[]? properties = null, byte[]? payload = null)
    {
        byte[] propertyBytes = level == 5 ? [checked((byte)(properties ?? []).Length), .. properties ?? []] : [];
        return Of(0x10, [.. Text(name), level, flags, 0, 0, .. propertyBytes, .. payload ?? Text("raw")]);
    }

    /// <summary>A UTF-8 string with its length.</summary>
    public static byte[] Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return [(byte)(utf8.Length >> 8), (byte)utf8.Length, .. utf8];
    }
}
