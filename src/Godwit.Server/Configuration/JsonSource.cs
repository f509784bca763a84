namespace Godwit.Server.Configuration;

/// <summary>
/// A file of JSON, and the files <c>conf.d/*.json</c> beside it in the order of their bytes. What a later file says about a key holds;
/// elements of arrays, such as listeners, are added to those of the files before.
/// </summary>
/// <param name="path">As it was named.</param>
public sealed class JsonSource(string path) : IConfigurationSource
{
    private const string DropIns = "conf.d";
    private const int SizeBytesMax = 16 << 20;

    /// <inheritdoc/>
    public IReadOnlyList<string> Files => [Path.GetFullPath(path), Path.GetFullPath(DropInDirectory)];

    private string DropInDirectory => Path.Combine(Path.GetDirectoryName(path) ?? "", DropIns);

    /// <inheritdoc/>
    public ConfigurationInput Read()
    {
        var all = new ConfigurationInput();
        var arrays = new ArrayNumbers();
        foreach (var file in FilesToRead(all))
        {
            var one = new ConfigurationInput();
            ReadFile(file, one);
            all.Messages.AddRange(one.Messages);
            all.Assignments.AddRange(arrays.Append(one.Assignments));
        }

        return all;
    }

    private List<string> FilesToRead(ConfigurationInput input)
    {
        List<string> files = [path];
        try
        {
            if (Directory.Exists(DropInDirectory))
            {
                files.AddRange(Directory.EnumerateFiles(DropInDirectory, "*.json").Order(StringComparer.Ordinal));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            input.Error(new ConfigurationOrigin(DropInDirectory), $"The directory cannot be read: {exception.Message}");
        }

        return files;
    }

    private static void ReadFile(string file, ConfigurationInput input)
    {
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > SizeBytesMax })
            {
                input.Error(new ConfigurationOrigin(file), $"The file is larger than {SizeBytesMax} bytes.");
                return;
            }

            JsonFile.Read(file, File.ReadAllBytes(file), Path.GetDirectoryName(Path.GetFullPath(file)), input);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            input.Error(new ConfigurationOrigin(file), "There is no such file. `godwit config init` writes one to begin with.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            input.Error(new ConfigurationOrigin(file), $"The file cannot be read: {exception.Message}");
        }
    }
}
