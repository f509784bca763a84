namespace Godwit.Server.Configuration;

/// <summary>Something that says how a broker is configured: a JSON file, a file in Mosquitto's syntax, the environment, a command line.</summary>
public interface IConfigurationSource
{
    /// <summary>Reads all of it. Called again at every reload.</summary>
    /// <returns>Never throws: what cannot be read is an error in <see cref="ConfigurationInput.Messages"/>.</returns>
    ConfigurationInput Read();

    /// <summary>The files that were read, to be watched; full paths. A directory stands for the files in it.</summary>
    IReadOnlyList<string> Files { get; }
}
