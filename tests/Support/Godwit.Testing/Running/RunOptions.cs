using System.Text;

namespace Godwit.Testing.Running;

/// <summary>How a program is started, where the defaults do not fit.</summary>
public sealed record RunOptions
{
    /// <summary>Variables added to the environment of the program.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The working directory; empty for the directory of the tests.</summary>
    public string Directory { get; init; } = "";

    /// <summary>What stands before the program on the command line, and becomes it: <c>ip netns exec NAME</c>.</summary>
    public IReadOnlyList<string> Via { get; init; } = [];

    /// <summary>What is written to standard input, which is then closed; null keeps it open for <see cref="ProgramRun.WriteLineAsync"/>.</summary>
    public byte[]? Input { get; init; }

    /// <summary>The encoding of both outputs; Latin-1 keeps every byte.</summary>
    public Encoding Encoding { get; init; } = Encoding.UTF8;

    /// <summary>Called for every line of both outputs, one at a time.</summary>
    public Action<string>? OnLine { get; init; }
}
