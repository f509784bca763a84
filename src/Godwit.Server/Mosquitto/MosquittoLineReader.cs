using System.Text;

namespace Godwit.Server.Mosquitto;

/// <summary>
/// The lines of a <c>mosquitto.conf</c>. A line that begins with <c>#</c> is a comment; the name ends at the first space; there is no
/// line that goes on in the next.
/// </summary>
internal static class MosquittoLineReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads one file.</summary>
    /// <param name="path">As it is to stand in messages.</param>
    /// <param name="problems">Receives what is wrong with the file or with a line.</param>
    internal static List<MosquittoLine> Read(string path, List<MosquittoMessage> problems)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(new MosquittoMessage(MosquittoSeverity.Error, path, 0, $"The file cannot be read: {exception.Message}"));
            return [];
        }

        return Split(path, bytes, problems);
    }

    /// <summary>The files of <c>include_dir</c>: those whose names end in <c>.conf</c>, A before a before B, as Mosquitto sorts them.</summary>
    internal static string[] FilesOf(string directory) =>
        [.. Directory.EnumerateFiles(directory)
            .Where(file => Path.GetFileName(file) is { Length: > 5 } name && name.EndsWith(".conf", StringComparison.Ordinal))
            .Order(Comparer<string>.Create((a, b) => CompareNames(Path.GetFileName(a), Path.GetFileName(b))))];

    /// <summary>Letter by letter: without regard to case, and where only the case differs the capital first.</summary>
    internal static int CompareNames(string a, string b)
    {
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            var order = Capital(a[i]) - Capital(b[i]);
            order = order == 0 ? a[i] - b[i] : order;
            if (order != 0)
            {
                return order;
            }
        }

        return a.Length - b.Length;
    }

    private static char Capital(char letter) => letter is >= 'a' and <= 'z' ? (char)(letter - 'a' + 'A') : letter;

    private static List<MosquittoLine> Split(string path, byte[] bytes, List<MosquittoMessage> problems)
    {
        var lines = new List<MosquittoLine>();
        var rest = bytes.AsSpan();
        for (var number = 1; !rest.IsEmpty; number++)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            line = line.TrimEnd((byte)'\r');
            if (line.IsEmpty || line[0] == '#')
            {
                continue;
            }

            if (Parse(path, number, line, problems) is { } parsed)
            {
                lines.Add(parsed);
            }
        }

        return lines;
    }

    private static MosquittoLine? Parse(string path, int number, ReadOnlySpan<byte> line, List<MosquittoMessage> problems)
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(line).Trim(' ', '\t');
        }
        catch (DecoderFallbackException)
        {
            problems.Add(new MosquittoMessage(MosquittoSeverity.Error, path, number, "The line is not UTF-8."));
            return null;
        }

        if (text.Length == 0)
        {
            return null;
        }

        if (text[0] == '#')
        {
            problems.Add(new MosquittoMessage(MosquittoSeverity.Warning, path, number, "A comment with spaces before the '#': Mosquitto does not start with this line."));
            return null;
        }

        var space = text.AsSpan().IndexOfAny(' ', '\t');
        if (space >= 0 && text[space] == '\t')
        {
            problems.Add(new MosquittoMessage(MosquittoSeverity.Warning, path, number, "A tab behind the name: Mosquitto does not start with this line, it wants a space."));
        }

        return space < 0
            ? new MosquittoLine(path, number, text, "")
            : new MosquittoLine(path, number, text[..space], text[(space + 1)..].Trim(' ', '\t'));
    }
}
