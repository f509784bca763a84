using Godwit.Protocol;

namespace Godwit.Fuzz.Models;

/// <summary>Which bytes are a UTF-8 Encoded String (5.0 §1.5.4): the table of well-formed sequences of the Unicode Standard, row by row.</summary>
internal static class Utf8Model
{
    private static readonly (byte First, byte Last, int More, byte SecondFirst, byte SecondLast)[] WellFormed =
    [
        (0x00, 0x7F, 0, 0x80, 0xBF),
        (0xC2, 0xDF, 1, 0x80, 0xBF),
        (0xE0, 0xE0, 2, 0xA0, 0xBF),
        (0xE1, 0xEC, 2, 0x80, 0xBF),
        (0xED, 0xED, 2, 0x80, 0x9F),
        (0xEE, 0xEF, 2, 0x80, 0xBF),
        (0xF0, 0xF0, 3, 0x90, 0xBF),
        (0xF1, 0xF3, 3, 0x80, 0xBF),
        (0xF4, 0xF4, 3, 0x80, 0x8F),
    ];

    /// <summary>U+0000 anywhere is named first.</summary>
    public static PacketError Judge(ReadOnlySpan<byte> text) =>
        text.Contains((byte)0) ? PacketError.StringHasNull : IsWellFormed(text) ? PacketError.None : PacketError.StringIllFormed;

    private static bool IsWellFormed(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var first = text[0];
            var row = Array.Find(WellFormed, row => row.First <= first && first <= row.Last);
            if (row.Last == 0 || text.Length <= row.More)
            {
                return false;
            }

            for (var i = 1; i <= row.More; i++)
            {
                var (lowest, highest) = i == 1 ? (row.SecondFirst, row.SecondLast) : ((byte)0x80, (byte)0xBF);
                if (text[i] < lowest || text[i] > highest)
                {
                    return false;
                }
            }

            text = text[(row.More + 1)..];
        }

        return true;
    }
}
