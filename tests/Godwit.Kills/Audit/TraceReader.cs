using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Godwit.Kills.Audit;

/// <summary>Reads what <c>strace -f -y -xx</c> writes.</summary>
internal sealed partial class TraceReader
{
    private const string Unfinished = " <unfinished ...>";

    private readonly Dictionary<string, (int Entry, string Text)> _unfinished = new(StringComparer.Ordinal);

    /// <summary>Reads a trace.</summary>
    /// <returns>The calls on files and sockets, in the order of their ends.</returns>
    public static IReadOnlyList<SystemCall> Read(IEnumerable<string> lines)
    {
        var reader = new TraceReader();
        return [.. lines.Select(reader.Read).OfType<SystemCall>()];
    }

    private SystemCall? Read(string line, int place)
    {
        var head = Head().Match(line);
        if (!head.Success)
        {
            return null;
        }

        var thread = head.Groups["thread"].Value;
        var text = line[head.Length..];
        var entry = place;
        if (text.EndsWith(Unfinished, StringComparison.Ordinal))
        {
            _unfinished[thread] = (place, text[..^Unfinished.Length]);
            return null;
        }

        var resumed = Resumed().Match(text);
        if (resumed.Success)
        {
            if (!_unfinished.Remove(thread, out var begun))
            {
                return null;
            }

            (entry, text) = (begun.Entry, begun.Text + text[resumed.Length..]);
        }

        var call = Call().Match(text);
        if (!call.Success)
        {
            return null;
        }

        var result = long.Parse(call.Groups["result"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var target = Encoding.UTF8.GetString(Bytes(call.Groups["target"].Value));
        var read = new SystemCall(entry, place, call.Groups["name"].Value, target, Data(call.Groups["rest"].Value, result), result);
        if (read.IsSocket && read.Data.Length < result)
        {
            throw new FormatException("The trace does not have all bytes of a socket: strace -s is too small.");
        }

        return read;
    }

    /// <summary>All strings among the arguments, one after another: a buffer, or the parts of a vector; of a large one only its beginning.</summary>
    private static byte[] Data(string rest, long result)
    {
        var text = string.Concat(Quoted().Matches(rest).Select(match => match.Groups["text"].Value));
        var bytes = Bytes(text);
        return bytes[..(int)Math.Max(0, Math.Min(result, bytes.Length))];
    }

    /// <summary>Bytes in the form <c>\x41\x42</c>; anything else stands for itself.</summary>
    private static byte[] Bytes(string text) => text.StartsWith(@"\x", StringComparison.Ordinal)
        ? Convert.FromHexString(text.Replace(@"\x", "", StringComparison.Ordinal))
        : Encoding.UTF8.GetBytes(text);

    [GeneratedRegex(@"^(?<thread>\d+)\s+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Head();

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Resumed();

    [GeneratedRegex(@"^(?<name>\w+)\(\d+<(?<target>[^>]*)>(?<rest>.*)\)\s+= (?<result>-?\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Call();

    [GeneratedRegex("\"(?<text>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Quoted();
}
