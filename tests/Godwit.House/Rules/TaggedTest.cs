namespace Godwit.House.Rules;

/// <summary>A test, or a class of tests, that carries an id.</summary>
/// <param name="Name">Class and method.</param>
/// <param name="Path">The file it stands in.</param>
public sealed record TaggedTest(string Name, string Path)
{
    /// <summary>Projects whose tests see the broker as a client does: over sockets.</summary>
    private static readonly string[] BlackBoxFolders =
        ["src/Godwit.Conformance/", "tests/Godwit.Server.Tests/", "tests/Godwit.Interop/", "tests/Godwit.Floods/", "tests/Godwit.Hostile/", "tests/Godwit.Kills/"];

    /// <summary>It is a check of <c>godwit conformance</c>.</summary>
    public bool IsCheck => Path.StartsWith("src/Godwit.Conformance/", StringComparison.Ordinal);

    /// <summary>It talks to the broker over sockets.</summary>
    public bool IsBlackBox => BlackBoxFolders.Any(folder => Path.StartsWith(folder, StringComparison.Ordinal));

    /// <summary>Checks first, then black-box tests, then the rest; by name.</summary>
    public string Order => (IsCheck ? "0" : IsBlackBox ? "1" : "2") + Name;
}
