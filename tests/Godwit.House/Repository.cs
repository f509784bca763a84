namespace Godwit.House;

/// <summary>The clone that these tests were built in.</summary>
public static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "artifacts", "node_modules", "TestResults", ".git", ".vs"];

    /// <summary>The folder of Godwit.slnx, without a slash at the end.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every *.cs file below src and tests.</summary>
    public static IReadOnlyList<SourceFile> Sources { get; } = [.. Files("src", "tests").Where(path => path.EndsWith(".cs", StringComparison.Ordinal)).Select(Read)];

    /// <summary>Every Markdown file, wherever it stands.</summary>
    public static IReadOnlyList<SourceFile> Documents { get; } = [.. Files("").Where(path => path.EndsWith(".md", StringComparison.Ordinal)).Select(Read)];

    /// <summary>The files below these folders, relative to <see cref="Root"/>, with '/', in ordinal order.</summary>
    public static IEnumerable<string> Files(params string[] folders) =>
        folders.SelectMany(folder => FilesBelow(new DirectoryInfo(Path.Combine(Root, folder))))
            .Select(file => Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    /// <summary>Reads one file.</summary>
    public static SourceFile Read(string path) => new(path, File.ReadAllText(FullPath(path)));

    /// <summary>The absolute path of a file or folder of this repository.</summary>
    public static string FullPath(string path) => Path.Combine(Root, path);

    private static IEnumerable<FileInfo> FilesBelow(DirectoryInfo folder) =>
        folder.EnumerateFiles().Concat(folder.EnumerateDirectories()
            .Where(inner => !NotOurs.Contains(inner.Name))
            .SelectMany(FilesBelow));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Godwit.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("Godwit.slnx is in no folder above " + AppContext.BaseDirectory);
    }
}
