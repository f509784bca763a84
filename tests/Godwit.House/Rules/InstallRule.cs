using System.Text.RegularExpressions;

namespace Godwit.House.Rules;

/// <summary>A test that needs a Debian package finds it installed by <c>./test</c>, and is not skipped for ever without anybody's notice.</summary>
public static partial class InstallRule
{
    private static readonly string[] AlwaysThere = ["coreutils", "python3"];

    /// <summary>The packages that the script installs.</summary>
    public static IReadOnlyList<string> PackagesOf(string script) =>
        [.. List().Match(script).Groups[1].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split(':')[0])];

    /// <summary>Looks at the packages that a test names when its program is missing.</summary>
    /// <returns>One sentence for each that is not among the installed.</returns>
    public static IEnumerable<string> Check(SourceFile file, IReadOnlyList<string> installed) =>
        file.Path.StartsWith("tests/", StringComparison.Ordinal)
            ? Asked().Matches(file.Text).Select(match => match.Groups[1].Value).Where(package => !installed.Contains(package) && !AlwaysThere.Contains(package))
                .Select(package => $"{file.Path} asks for the package {package}, which ./test does not install")
            : [];

    [GeneratedRegex(@"^debian_packages=\(([^)]*)\)", RegexOptions.Multiline)]
    private static partial Regex List();

    [GeneratedRegex(@"(?:Programs\.Require(?:File)?\([^;\n]*?, ""(?:Debian package )?|Package = "")([a-z0-9][a-z0-9.+-]+)""[);]")]
    private static partial Regex Asked();
}
