namespace Godwit.Server.Configuration;

/// <summary>One value that is another one in the next configuration.</summary>
/// <param name="Path">As <see cref="ConfigurationKeys.PathOf"/> writes it.</param>
/// <param name="Before">As it could be written; empty: none. Of a secret: a word that says so.</param>
/// <param name="After">The same.</param>
/// <param name="IsHot">A reload applies it; else it takes a restart.</param>
public sealed record ConfigurationChange(string Path, string Before, string After, bool IsHot)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Word(Before)} -> {Word(After)}";

    private static string Word(string value) => value.Length == 0 ? "(none)" : value;
}
