using Godwit.Bench.Plans;
using Godwit.Bench.Reports;
using Godwit.Cli.Commands;

namespace Godwit.Cli.Benches;

/// <summary>The file of <c>--compare</c>.</summary>
internal static class BaselineFile
{
    /// <summary>Reads it.</summary>
    /// <exception cref="UsageException">It cannot be read, or is something else.</exception>
    internal static Baseline Read(string file)
    {
        try
        {
            return Baseline.Parse(File.ReadAllText(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or BenchException)
        {
            throw new UsageException($"--compare {file}: {exception.Message}");
        }
    }
}
