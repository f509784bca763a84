using System.CommandLine;
using Godwit.Server.Hosting;
using Godwit.Server.Mosquitto;
using Godwit.Server.Mosquitto.Database;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit import mosquitto</c>: writes our configuration, and says what of Mosquitto's has no place in it; or makes a store of its database.</summary>
internal static class ImportMosquittoCommand
{
    private const string Examples = """
        Examples:
          godwit import mosquitto /etc/mosquitto/mosquitto.conf                     look at it
          godwit import mosquitto mosquitto.conf -o godwit.json                     write it
          godwit serve -c mosquitto.conf                                            no import: the file is read as it is
          godwit import mosquitto --database /var/lib/mosquitto/mosquitto.db        sessions, queues and retained messages

        Every line of the result says which line of mosquitto.conf it comes from. What could not be taken over, and why, is listed on
        standard error; password files and ACL files stay where they are. All options: docs/mosquitto.md.
        A database is read when Mosquitto has been stopped, and becomes a store where godwit serve -c mosquitto.conf looks for it: the directory
        godwit beside it.
        Exit codes: 0 all of it, 1 usage, 2 some lines could not be taken over (the rest is written), 3 a file cannot be read or written.
        """;

    private static readonly Argument<string?> File = new("FILE")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "The mosquitto.conf; files that it includes are read too.",
    };

    private static readonly Option<string?> Database = new("--database")
    {
        Description = "The mosquitto.db, instead of a configuration: what it holds is written into a new store.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Directory of the new store; there must be none in it. Default: the directory godwit beside the database.",
        HelpName = "DIR",
    };

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "File to write; it must not be there yet. Default: standard output.",
        HelpName = "FILE",
    };

    /// <summary>Makes the command.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("mosquitto", "Write a mosquitto.conf as our configuration.", Examples) { File, Output, Database, Data };
        command.Validators.Add(result =>
        {
            if (result.GetValue(File) is null == result.GetValue(Database) is null)
            {
                result.AddError("Name either a mosquitto.conf or, with --database, a mosquitto.db.");
            }
        });
        command.SetAction(result => result.GetValue(Database) is { } database
            ? RunDatabase(database, result.GetValue(Data))
            : Run(result.GetValue(File)!, result.GetValue(Output)));
        return command;
    }

    private static int RunDatabase(string database, string? directory) => StoreWork.Run(interruption =>
    {
        var target = directory ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(database))!, "godwit");
        MosquittoDatabaseImport.Import(database, target, Console.Error.WriteLine, interruption.Token);
        return 0;
    });

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
