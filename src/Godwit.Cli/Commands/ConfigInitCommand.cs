using System.CommandLine;
using Godwit.Cli.Clients;
using Godwit.Server.Configuration;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit config init</c>: writes a file to begin with.</summary>
internal static class ConfigInitCommand
{
    private const string Examples = """
        Examples:
          godwit config init                                writes godwit.json here
          godwit config init /etc/godwit/godwit.json
          godwit config init - | less                       prints it

        The file starts a broker for this machine; every other setting stands in it as a comment with its default.
        Exit codes: 0 done, 1 usage, 3 the file is there already, or cannot be written.
        """;

    private static readonly Argument<string> Target = new("FILE")
    {
        Description = "Where to write it; - prints it.",
        DefaultValueFactory = _ => "godwit.json",
    };

    private static readonly Option<bool> Force = ClientFlags.Flag("--force", null, "Replace a file that is there.");

    /// <summary>Makes the command.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("init", "Write a configuration to begin with, every setting explained.", Examples) { Target, Force };
        command.SetAction(result => Write(result.GetValue(Target)!, result.GetValue(Force)));
        return command;
    }

    private static int Write(string path, bool isForced)
    {
        if (path is "-")
        {
            Console.Out.Write(ConfigurationTemplate.Write());
            return 0;
        }

        try
        {
            using var file = new StreamWriter(new FileStream(path, isForced ? FileMode.Create : FileMode.CreateNew, FileAccess.Write));
            file.Write(ConfigurationTemplate.Write());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var isThere = File.Exists(path) && !isForced;
            Console.Error.WriteLine(isThere ? $"{path} is there already; --force replaces it." : $"{path} cannot be written: {exception.Message}");
            return ConfigWork.CannotRun;
        }

        Console.Out.WriteLine($"{path} is written. To start: godwit serve -c {path}");
        return 0;
    }
}
