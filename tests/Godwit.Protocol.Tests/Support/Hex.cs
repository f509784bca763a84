using System.Globalization;
using System.Text;

namespace Godwit.Protocol.Tests.Support;

/// <summary>
/// The notation of raw packets in these tests: pairs of hexadecimal digits, <c>'ASCII text'</c>, <c>61*300</c> (a byte that
/// repeats), <c>(comments)</c>; spaces and <c>|</c> mean nothing.
/// </summary>
internal static class Hex
{
    public static byte[] Parse(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length;)
        {
            switch (text[i])
            {
                case ' ' or '|':
                    i++;
                    break;

                case '(':
                    i = text.IndexOf(')', i) + 1;
                    break;

                case '\'':
                    var end = text.IndexOf('\'', i + 1);
                    bytes.AddRange(Encoding.ASCII.GetBytes(text[(i + 1)..end]));
                    i = end + 1;
                    break;

                case '*':
                    var digits = text[(i + 1)..].TakeWhile(char.IsAsciiDigit).Count();
                    var count = int.Parse(text.AsSpan(i + 1, digits), CultureInfo.InvariantCulture);
                    bytes.AddRange(Enumerable.Repeat(bytes[^1], count - 1));
                    i += 1 + digits;
                    break;

                default:
                    bytes.Add(byte.Parse(text.AsSpan(i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    i += 2;
                    break;
            }
        }

        return [.. bytes];
    }
}
