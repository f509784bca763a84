namespace Godwit.Testing.Running;

/// <summary>A directory that disappears with its owner.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>The path of the directory.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("godwit-interop-").FullName;

    /// <summary>Writes a file into the directory.</summary>
    /// <returns>The path of the file.</returns>
    public string Write(string name, ReadOnlySpan<byte> content)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllBytes(path, content);

        return path;
    }

    /// <inheritdoc cref="Write(string, ReadOnlySpan{byte})" />
    public string Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A program that is just ending may still write; the system clears its temporary files.
        }
    }
}
