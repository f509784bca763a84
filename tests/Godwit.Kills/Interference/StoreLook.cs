using System.Globalization;

namespace Godwit.Kills.Interference;

/// <summary>What the files of a store and its process show from outside.</summary>
internal static class StoreLook
{
    /// <summary>The number of the newest segment of a generation; 0: there is none.</summary>
    public static int Newest(string data, string generation) => Numbers(data, generation).DefaultIfEmpty(0).Max();

    /// <summary>The number of the oldest segment of a generation; 0: there is none.</summary>
    public static int Oldest(string data, string generation) => Numbers(data, generation).DefaultIfEmpty(0).Min();

    /// <summary>Bytes that a process has read from the disk.</summary>
    public static long BytesRead(int processId)
    {
        const string Name = "read_bytes: ";
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/io")).First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture);
    }

    private static IEnumerable<int> Numbers(string data, string generation) => Directory.GetFiles(data, generation + "-*.seg")
        .Select(path => int.Parse(Path.GetFileNameWithoutExtension(path).AsSpan(generation.Length + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
