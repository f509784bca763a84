using Godwit.Server.Mosquitto;

namespace Godwit.Server.Configuration;

/// <summary>Which sources there are, and in which order.</summary>
public static class ConfigurationSources
{
    /// <summary>The file that is read when none is named and it is there.</summary>
    public const string DefaultFile = "/etc/godwit/godwit.json";

    /// <summary>The sources of a broker: a file, then the environment, then the command line.</summary>
    /// <param name="file">Null: <see cref="DefaultFile"/> when it is there. A name that ends in <c>.conf</c> is in Mosquitto's syntax.</param>
    /// <param name="commandLine">Null: nothing was typed.</param>
    public static IReadOnlyList<IConfigurationSource> Of(string? file, CommandLineSource? commandLine)
    {
        var sources = new List<IConfigurationSource>();
        if ((file ?? (File.Exists(DefaultFile) ? DefaultFile : null)) is { } path)
        {
            sources.Add(OfFile(path));
        }

        sources.Add(EnvironmentSource.OfProcess());
        if (commandLine is not null)
        {
            sources.Add(commandLine);
        }

        return sources;
    }

    /// <summary>The source of one file, by its name.</summary>
    public static IConfigurationSource OfFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.EndsWith(".conf", StringComparison.OrdinalIgnoreCase) ? new MosquittoSource(path) : new JsonSource(path);
    }
}
