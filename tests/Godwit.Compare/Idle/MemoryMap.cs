using System.Globalization;

namespace Godwit.Compare.Idle;

/// <summary>What the resident memory of a .NET process is made of, read from <c>/proc/PID/smaps</c>.</summary>
internal static class MemoryMap
{
    /// <summary>The collector reserves one long range and uses little of it: nothing else is that long.</summary>
    private const long ReservedForHeapBytes = 1L << 30;

    private static readonly string[] RuntimeLibraries = ["libcoreclr", "libclr", "libhostfxr", "libhostpolicy", "libmscor", "libSystem."];

    /// <summary>Groups the mappings.</summary>
    /// <param name="smaps">The text of the file.</param>
    /// <param name="directory">Where the program and its own libraries are.</param>
    /// <returns>Resident kilobytes of each group that has any, the largest first.</returns>
    public static IReadOnlyList<(string Group, long Kb)> Read(string smaps, string directory)
    {
        var mappings = Parse(smaps);
        var groups = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var run in Runs(mappings))
        {
            foreach (var mapping in run)
            {
                var group = GroupOf(mapping, run, directory);
                groups[group] = groups.GetValueOrDefault(group) + mapping.ResidentKb;
            }
        }

        return [.. groups.Where(group => group.Value > 0).OrderByDescending(group => group.Value).Select(group => (group.Key, group.Value))];
    }

    private static string GroupOf(Mapping mapping, IReadOnlyList<Mapping> run, string directory)
    {
        var file = Path.GetFileName(mapping.Name);
        return mapping.Name switch
        {
            "" when run.Sum(part => part.Bytes) >= ReservedForHeapBytes => "managed heap",
            "" when run.Count > 1 && run[0].Protection.StartsWith("---", StringComparison.Ordinal) => "stacks",
            "" => "native heap",
            "[heap]" => "native heap",
            "[stack]" => "stacks",
            ['[', ..] => "kernel",
            _ when file.StartsWith("memfd:doublemapper", StringComparison.Ordinal) => "code compiled at run time, tables of types",
            _ when mapping.Name.StartsWith(directory + "/", StringComparison.Ordinal) => "Godwit and its packages, compiled ahead",
            _ when file.EndsWith(".dll", StringComparison.Ordinal) => ".NET class library, compiled ahead",
            _ when Array.Exists(RuntimeLibraries, file.StartsWith) => ".NET runtime, native",
            _ => "C and C++ libraries",
        };
    }

    /// <summary>Mappings without a name that lie side by side belong together: they have different rights only.</summary>
    private static IEnumerable<IReadOnlyList<Mapping>> Runs(IReadOnlyList<Mapping> mappings)
    {
        List<Mapping> run = [];
        foreach (var mapping in mappings)
        {
            var goesOn = run.Count > 0 && mapping.Name.Length == 0 && run[^1].Name.Length == 0 && run[^1].End == mapping.Start;
            if (run.Count > 0 && !goesOn)
            {
                yield return run;
                run = [];
            }

            run.Add(mapping);
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }

    private static List<Mapping> Parse(string smaps)
    {
        List<Mapping> mappings = [];
        foreach (var line in smaps.Split('\n'))
        {
            // 55863f1f8000-55863f1fa000 r--p 00000000 fe:00 247270                     /usr/bin/cat
            var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 5 && fields[0].Split('-') is [var start, var end])
            {
                mappings.Add(new Mapping(Hex(start), Hex(end), fields[1], fields.Length > 5 ? fields[5].Trim() : "", 0));
            }
            else if (mappings.Count > 0 && line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                mappings[^1] = mappings[^1] with { ResidentKb = long.Parse(line["Rss:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) };
            }
        }

        return mappings;
    }

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private sealed record Mapping(ulong Start, ulong End, string Protection, string Name, long ResidentKb)
    {
        public long Bytes => (long)(End - Start);
    }
}
