namespace Godwit.House;

/// <summary>What a rule found.</summary>
public static class Violations
{
    /// <summary>Fails with every sentence on a line of its own.</summary>
    /// <param name="found">One sentence per violation.</param>
    /// <param name="remedy">A last line that says what to do.</param>
    public static void None(IEnumerable<string> found, string remedy = "")
    {
        var sentences = found.ToList();

        Assert.True(sentences.Count == 0, string.Join('\n', [.. sentences, remedy]));
    }
}
