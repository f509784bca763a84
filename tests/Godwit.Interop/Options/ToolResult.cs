namespace Godwit.Interop.Options;

/// <summary>What a tool left behind: exit code and both outputs, byte for byte (Latin-1).</summary>
public sealed record ToolResult(int ExitCode, string Output, string Errors)
{
    /// <summary>True for an end in order; <c>-W</c> that ran out is one (27).</summary>
    public bool IsOrderly => ExitCode is 0 or 27;

    /// <summary>The lines of both outputs, sorted: where debug lines go is for each tool to say.</summary>
    public IReadOnlyList<string> Lines => [.. (Output + "\n" + Errors).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
}
