using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Godwit.House;

/// <summary>One text file.</summary>
/// <param name="path">Relative to the repository, with '/'.</param>
/// <param name="text">All of it.</param>
public sealed class SourceFile(string path, string text)
{
    private readonly Lazy<CompilationUnitSyntax> _syntax = new(() =>
        (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview)).GetRoot());

    /// <summary>Relative to the repository, with '/'.</summary>
    public string Path { get; } = path;

    /// <summary>All of it.</summary>
    public string Text { get; } = text;

    /// <summary>The lines, without their ends; a line feed at the end of the file starts no further line.</summary>
    public IReadOnlyList<string> Lines { get; } = text.TrimEnd('\n').Split('\n');

    /// <summary>The file as C#.</summary>
    public CompilationUnitSyntax Syntax => _syntax.Value;

    /// <summary>The number of the line in which a character stands; the first line is 1.</summary>
    public int LineOf(int position) => Text.AsSpan(0, position).Count('\n') + 1;
}
