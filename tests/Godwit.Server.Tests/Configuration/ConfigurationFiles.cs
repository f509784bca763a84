using Godwit.Server.Configuration;

namespace Godwit.Server.Tests.Configuration;

/// <summary>A directory with configuration files, gone at the end.</summary>
public sealed class ConfigurationFiles : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("godwit-configuration-");

    /// <summary>Full path of the main file.</summary>
    public string Main => PathOf("godwit.json");

    /// <summary>Full path of a file.</summary>
    public string PathOf(string name) => Path.Combine(_directory.FullName, name);

    /// <summary>Writes a file, in a directory that is made when it is missing.</summary>
    public string Write(string name, string text)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Reads the main file, and what else is said.</summary>
    public LoadedConfiguration Load(string text, IReadOnlyDictionary<string, string>? environment = null, params string[] assignments)
    {
        Write("godwit.json", text);
        return ConfigurationLoader.Load([new JsonSource(Main), new EnvironmentSource(environment ?? new Dictionary<string, string>()), new CommandLineSource(assignments, [])]);
    }

    /// <summary>The messages with file names instead of paths.</summary>
    public IEnumerable<string> Messages(LoadedConfiguration configuration) =>
        configuration.Messages.Select(message => message.ToString().Replace(_directory.FullName + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));

    public void Dispose() => _directory.Delete(recursive: true);
}
