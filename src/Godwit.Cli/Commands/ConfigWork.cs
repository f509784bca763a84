using System.CommandLine;
using Godwit.Postgres;
using Godwit.Server.Configuration;
using Godwit.Server.Hosting;

namespace Godwit.Cli.Commands;

/// <summary>What the commands about configurations have in common.</summary>
internal static class ConfigWork
{
    /// <summary>Exit code when something is not there or cannot be written.</summary>
    internal const int CannotRun = ServerStartException.CannotRun;

    /// <summary>The option that names the file.</summary>
    internal static Option<string?> FileOption() => new("--config", "-c")
    {
        Description = $"Configuration file; one whose name ends in .conf is in Mosquitto's syntax. Default: {ConfigurationSources.DefaultFile}, when it is there.",
        HelpName = "FILE",
    };

    /// <summary>The option that sets a key.</summary>
    internal static Option<string[]> SetOption() => new("--set")
    {
        Description = "Set a key, repeatable, as with godwit serve.",
        HelpName = "KEY=VALUE",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Reads a configuration, with the sources of users that this program has.</summary>
    internal static LoadedConfiguration Load(string? file, CommandLineSource? commandLine) =>
        ConfigurationLoader.Load(ConfigurationSources.Of(file, commandLine), WithDatabase);

    /// <summary>A function of its own, so that the library of the database is loaded only when one is configured.</summary>
    private static void WithDatabase(ServerOptions options)
    {
        options.Authentication.Database = (name, settings, password, logger) => PostgresUsers.Create(name, settings, password, logger);
        options.Acl.Asking.Database = (name, settings, password, logger) => PostgresAuthorizer.Create(name, settings, password, logger);
    }

    /// <summary>Says that a configuration is fine, with its warnings.</summary>
    internal static int SayValid(LoadedConfiguration loaded)
    {
        SayWarnings(loaded);
        Console.Out.WriteLine("The configuration is valid.");
        return 0;
    }

    /// <summary>Prints warnings to the error output.</summary>
    internal static void SayWarnings(LoadedConfiguration loaded)
    {
        foreach (var message in loaded.Messages.Where(message => !message.IsError))
        {
            Console.Error.WriteLine(message);
        }
    }

    /// <summary>Prints what is wrong.</summary>
    /// <returns>The exit code.</returns>
    internal static int SayInvalid(LoadedConfiguration loaded)
    {
        Console.Error.WriteLine(loaded.Errors);
        return ServerStartException.InvalidConfiguration;
    }
}
