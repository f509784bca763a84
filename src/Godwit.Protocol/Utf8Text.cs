using System.Text;

namespace Godwit.Protocol;

/// <summary>Turns strings of the API into the UTF-8 Encoded Strings of the wire (5.0 §1.5.4), refusing what must not be sent.</summary>
internal static class Utf8Text
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The UTF-8 of <paramref name="text"/>, 0 to 65,535 bytes, without its length.</summary>
    /// <exception cref="ArgumentException">
    /// A surrogate stands alone [MQTT-1.5.4-1], U+0000 [MQTT-1.5.4-2], or more than 65,535 bytes.
    /// </exception>
    public static ReadOnlySpan<byte> Encode(string text)
    {
        var utf8 = Strict.GetBytes(text);           // Encoding.UTF8 would silently put U+FFFD for a lone surrogate
        if (utf8.AsSpan().Contains((byte)0))
        {
            throw new ArgumentException("The text contains U+0000.", nameof(text));
        }

        return utf8.Length <= ushort.MaxValue
            ? utf8
            : throw new ArgumentException("The text has more than 65,535 bytes.", nameof(text));
    }
}
