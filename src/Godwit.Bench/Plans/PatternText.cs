using System.Buffers.Text;
using System.Text;

namespace Godwit.Bench.Plans;

/// <summary>
/// A text with variables, as far as it is known before a message is sent: <c>%i</c>, <c>%c</c> and <c>%u</c> are filled in, each
/// <c>%s</c> becomes the number of the message. <c>%%</c> is a percent sign; any other letter behind one stays as it is.
/// </summary>
internal sealed class PatternText
{
    private const int DigitsMax = 20;

    private readonly byte[][] _pieces;      // between the places of %s, at least one

    private PatternText(byte[][] pieces)
    {
        _pieces = pieces;
        SizeMax = pieces.Sum(piece => piece.Length) + ((pieces.Length - 1) * DigitsMax);
    }

    /// <summary>It has no <c>%s</c>.</summary>
    internal bool IsConstant => _pieces.Length == 1;

    /// <summary>Bytes at most.</summary>
    internal int SizeMax { get; }

    /// <summary>A variable stands in the pattern.</summary>
    internal static bool Uses(string pattern, char variable)
    {
        for (var i = 0; i + 1 < pattern.Length; i++)
        {
            if (pattern[i] == '%')
            {
                if (pattern[i + 1] == variable)
                {
                    return true;
                }

                i++;
            }
        }

        return false;
    }

    /// <summary>Fills in what is known.</summary>
    internal static PatternText Expand(string pattern, int number, string clientId, string userName)
    {
        var pieces = new List<byte[]>();
        var piece = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            var variable = pattern[i] == '%' && i + 1 < pattern.Length ? pattern[i + 1] : '\0';
            switch (variable)
            {
                case 'i': piece.Append(number); break;
                case 'c': piece.Append(clientId); break;
                case 'u': piece.Append(userName); break;
                case '%': piece.Append('%'); break;
                case 's':
                    pieces.Add(Encoding.UTF8.GetBytes(piece.ToString()));
                    piece.Clear();
                    break;

                default:
                    piece.Append(pattern[i]);
                    continue;
            }

            i++;
        }

        pieces.Add(Encoding.UTF8.GetBytes(piece.ToString()));
        return new PatternText([.. pieces]);
    }

    /// <summary>Bytes that it takes for one message.</summary>
    internal int Measure(long sequence)
    {
        var digits = 1;
        for (var rest = sequence / 10; rest > 0 && !IsConstant; rest /= 10)
        {
            digits++;
        }

        return SizeMax - ((_pieces.Length - 1) * (DigitsMax - digits));
    }

    /// <summary>Writes it for one message.</summary>
    /// <param name="target">At least <see cref="SizeMax"/> bytes.</param>
    /// <param name="sequence">The number of the message.</param>
    /// <returns>The bytes written.</returns>
    internal int Write(Span<byte> target, long sequence)
    {
        _pieces[0].CopyTo(target);
        var length = _pieces[0].Length;
        for (var i = 1; i < _pieces.Length; i++)
        {
            Utf8Formatter.TryFormat(sequence, target[length..], out var digits);
            length += digits;
            _pieces[i].CopyTo(target[length..]);
            length += _pieces[i].Length;
        }

        return length;
    }

    /// <summary>The text for one message.</summary>
    internal string ToText(long sequence)
    {
        var bytes = new byte[SizeMax];
        return Encoding.UTF8.GetString(bytes, 0, Write(bytes, sequence));
    }

    /// <summary>A topic filter that matches every topic this stands for: a level with <c>%s</c> becomes <c>+</c>.</summary>
    internal string ToFilter()
    {
        const char Place = '\uFFFF';
        var text = string.Join(Place, _pieces.Select(Encoding.UTF8.GetString));
        return string.Join('/', text.Split('/').Select(level => level.Contains(Place, StringComparison.Ordinal) ? "+" : level));
    }
}
