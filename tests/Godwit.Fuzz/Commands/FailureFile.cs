using Godwit.Fuzz.Engine;

namespace Godwit.Fuzz.Commands;

/// <summary>Keeps a failing input, and says how it becomes part of the corpus.</summary>
internal sealed class FailureFile(FuzzTarget target, string folder)
{
    /// <summary>Writes the failure into a file of its own.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="smallest">An input that fails in the same way; may be the original.</param>
    /// <returns>What to tell the reader.</returns>
    public string Write(FuzzFailure failure, byte[] smallest)
    {
        var path = Path.Combine(folder, $"{failure.Target}-{failure.Seed}-{failure.Iteration}.txt");
        var line = Corpus.Format("say what is special", smallest);
        File.WriteAllText(path, $"{failure}\nsmallest: {Convert.ToHexString(smallest)}\n");
        return $"""
            smallest input that fails so: {smallest.Length} bytes
            written: {path}
            keep it: add this line to {Corpus.PathOf(target.CorpusFiles[0])}, with words of yours in front:
            {line}
            """;
    }
}
