using System.CommandLine;
using Godwit.Server.Hosting;
using Godwit.Server.Mosquitto;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit import mosquitto</c>: writes our configuration, and says what of Mosquitto's has no place in it.</summary>
internal static class ImportMosquittoCommand
{
    private const string Examples = """
        Examples:
          godwit import mosquitto /etc/mosquitto/mosquitto.conf                     look at it
          godwit import mosquitto mosquitto.conf -o godwit.json                     write it
          godwit serve -c mosquitto.conf                                            no import: the file is read as it is

        Every line of the result says which line of mosquitto.conf it comes from. What could not be taken over, and why, is listed on
        standard error; password files and ACL files stay where they are. All options: docs/mosquitto.md.
        Exit codes: 0 all of it, 1 usage, 2 some lines could not be taken over (the rest is written), 3 a file cannot be read or written.
        """;

    private static readonly Argument<string> File = new("FILE") { Description = "The mosquitto.conf; files that it includes are read too." };

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "File to write; it must not be there yet. Default: standard output.",
        HelpName = "FILE",
    };

    /// <summary>Makes the command.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("mosquitto", "Write a mosquitto.conf as our configuration.", Examples) { File, Output };
        command.SetAction(result => Run(result.GetValue(File)!, result.GetValue(Output)));
        return command;
    }

    private static int Run(string path, string? target)
    {
        var source = new MosquittoSource(path);
        var input = source.Read();
        foreach (var message in source.Messages)
        {
            Console.Error.WriteLine(message);
        }

        if (!System.IO.File.Exists(path))
        {
            return ServerStartException.CannotRun;
        }

        try
        {
            Write(MosquittoJson.Write(input, Path.GetFullPath(path)), target);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{target}: cannot be written: {exception.Message}");
            return ServerStartException.CannotRun;
        }

        var errors = source.Messages.Count(message => message.Severity == MosquittoSeverity.Error);
        if (errors > 0)
        {
            Console.Error.WriteLine($"{errors} {(errors == 1 ? "line" : "lines")} could not be taken over; the rest is written.");
            return ServerStartException.InvalidConfiguration;
        }

        return 0;
    }

    private static void Write(string text, string? target)
    {
        if (target is null)
        {
            Console.Out.Write(text);
            return;
        }

        using var stream = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
        using var writer = new StreamWriter(stream);
        writer.Write(text);
    }
}
