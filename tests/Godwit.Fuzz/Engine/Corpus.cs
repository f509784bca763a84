using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Engine;

/// <summary>
/// The files of tests/Godwit.Fuzz/Corpus: a line is <c>name: bytes</c> in the notation of <see cref="Hex"/>; a line that begins with
/// spaces goes on with the one before; # begins a comment line.
/// </summary>
internal static class Corpus
{
    /// <summary>Where a new entry of this file is written, as seen from the root of the repository.</summary>
    public static string PathOf(string file) => $"tests/Godwit.Fuzz/Corpus/{file}.txt";

    /// <summary>All entries of the target's files, in order.</summary>
    public static IReadOnlyList<CorpusEntry> EntriesOf(FuzzTarget target) => [.. target.CorpusFiles.SelectMany(Read)];

    /// <summary>The entries of one file, which stands beside the program.</summary>
    public static IReadOnlyList<CorpusEntry> Read(string file) =>
        Parse(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Corpus", file + ".txt")));

    /// <summary>The entries of some lines.</summary>
    /// <exception cref="FormatException">A line has no name, no bytes, or bytes that cannot be read.</exception>
    public static IReadOnlyList<CorpusEntry> Parse(IEnumerable<string> lines)
    {
        var joined = new List<string>();
        foreach (var line in lines.Where(line => line.Trim().Length > 0 && line[0] != '#'))
        {
            if (line[0] == ' ' && joined.Count > 0)
            {
                joined[^1] += line;
            }
            else
            {
                joined.Add(line);
            }
        }

        return joined.ConvertAll(ParseLine);
    }

    /// <summary>An input as a line of a file.</summary>
    public static string Format(string name, ReadOnlySpan<byte> bytes) => $"{name}: {Convert.ToHexString(bytes)}";

    private static CorpusEntry ParseLine(string line)
    {
        var end = line.IndexOf(": ", StringComparison.Ordinal);
        if (end <= 0)
        {
            throw new FormatException($"'{line}' is not 'name: bytes'.");
        }

        try
        {
            return new CorpusEntry(line[..end], Hex.Parse(line[(end + 2)..]));
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw new FormatException($"The bytes of '{line[..end]}' cannot be read: {exception.Message}", exception);
        }
    }
}
