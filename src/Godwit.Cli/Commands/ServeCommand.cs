using System.CommandLine;
using System.Globalization;
using Godwit.Server.Hosting;
using Godwit.Server.Storage;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit serve</c>: runs the broker until a signal ends it.</summary>
internal static class ServeCommand
{
    private const string Examples = """
        Examples:
          godwit serve                                      this machine only, port 1883
          godwit serve -p 0 -v                              a free port, with a line for each event
          godwit serve --bind 0.0.0.0 --allow-anonymous     open to the network
          godwit serve --data ./state                       state in a directory of its own
          godwit serve --durability memory                  nothing is kept when it stops
          godwit serve -c godwit.json                       a file; `godwit config init` writes one to begin with
          godwit serve -c mosquitto.conf                    a file in Mosquitto's syntax
          godwit serve -c godwit.json --test-config         look at it and start nothing
          godwit serve --set Limits:PacketSizeBytesMax=1MB --set OverflowPolicy=DropOldest

        Without -c, /etc/godwit/godwit.json is read when it is there. Environment variables GODWIT_Section__Key weigh more than the file,
        --set and the other options most. All settings: docs/configuration.md.
        SIGTERM and SIGINT stop it cleanly; SIGHUP reads the configuration again; SIGUSR1 prints counters.
        Exit codes: 0 stopped, 1 usage, 2 configuration invalid, 3 port or data directory not to be had, or failed.
        """;

    private static readonly Option<int> Port = new("--port", "-p")
    {
        Description = "Port to listen on; 0 takes a free one and prints it.",
        HelpName = "PORT",
        DefaultValueFactory = _ => ServerOptions.DefaultPort,
    };

    private static readonly Option<string[]> Bind = new("--bind")
    {
        Description = "Address to listen on, repeatable. Default: 127.0.0.1 and ::1, this machine only.",
        HelpName = "ADDR",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<bool> AllowAnonymous = new("--allow-anonymous")
    {
        Description = "Let everybody who can reach an address beyond this machine connect.",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = $"Directory for the broker's state; created if missing, one broker at a time. Default: {StateDirectory.Default}.",
        HelpName = "DIR",
    };

    private static readonly Option<string> Durability = CreateDurability();

    private static readonly Option<string> OnCorruption = CreateOnCorruption();

    private static readonly Option<int> Shards = new("--shards")
    {
        Description = $"Threads that share the clients. Default: one for two processors, here {ServerOptions.DefaultShards}.",
        HelpName = "N",
    };

    private static readonly Option<string> Transport = CreateTransport();

    private static readonly Option<string[]> Set = new("--set")
    {
        Description = "Set a key, repeatable. Names: docs/configuration.md.",
        HelpName = "KEY=VALUE",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> Config = ConfigWork.FileOption();

    private static readonly Option<bool> TestConfig = new("--test-config")
    {
        Description = "Look at the whole configuration, say all that is wrong with it, and start nothing.",
    };

    private static readonly Option<bool> ReportOnly = new("--report-only")
    {
        Description = "Rules and limits on trial: what they would refuse is counted and logged, and nobody is refused, slowed or dropped for it.",
    };

    private static readonly Option<bool> Verbose = new("--verbose", "-v")
    {
        Description = "A line for each connect, disconnect, refused packet and subscription.",
    };

    private static readonly Option<bool> Quiet = new("--quiet", "-q")
    {
        Description = "Warnings and errors only.",
    };

    /// <summary>Makes the command with its options.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("serve", "Run the broker. What it has acknowledged is on the disk: it survives a restart, a crash and a power cut.", Examples)
        {
            Config, TestConfig, Port, Bind, AllowAnonymous, Data, Durability, OnCorruption, Shards, Transport, Set, ReportOnly, Verbose, Quiet,
        };
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    private static Option<string> CreateDurability()
    {
        var option = new Option<string>("--durability")
        {
            Description = "What an acknowledgement means: flushed to the disk, written and flushed soon, written, or in memory.",
            HelpName = "sync|interval|os|memory",
            DefaultValueFactory = _ => "sync",
        };
        option.AcceptOnlyFromAmong("sync", "interval", "os", "memory");
        return option;
    }

    private static Option<string> CreateOnCorruption()
    {
        var option = new Option<string>("--on-corruption")
        {
            Description = "Damage in the stored state: report it and keep all else (the damaged file goes to quarantine), or do not start.",
            HelpName = "salvage|stop",
            DefaultValueFactory = _ => "salvage",
        };
        option.AcceptOnlyFromAmong("salvage", "stop");
        return option;
    }

    private static Option<string> CreateTransport()
    {
        var option = new Option<string>("--transport")
        {
            Description = "How TCP is served. Default: epoll on Linux, kestrel elsewhere.",
            HelpName = "epoll|kestrel",
        };
        option.AcceptOnlyFromAmong("epoll", "kestrel");
        return option;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        try
        {
            var arguments = new ServeArguments(result.GetValue(Config), result.GetValue(Set) ?? [], FlagsOf(result), ListenerFlagsOf(result), result.GetValue(ReportOnly));
            var loaded = arguments.Load();
            if (!loaded.IsValid)
            {
                throw new ServerStartException(loaded.Errors, ServerStartException.InvalidConfiguration);
            }

            return result.GetValue(TestConfig)
                ? ConfigWork.SayValid(loaded)
                : await BrokerProcess.RunAsync(loaded, arguments.Load, isQuiet: result.GetValue(Quiet)).ConfigureAwait(false);
        }
        catch (ServerStartException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message).ConfigureAwait(false);
            return exception.ExitCode;
        }
    }

    /// <summary>The options that stand for keys, if they were typed: what is not typed leaves the file its word.</summary>
    private static List<(string Flag, string Key, string Value)> FlagsOf(ParseResult result)
    {
        var flags = new List<(string Flag, string Key, string Value)>();
        Add(Data, "Store:Directory", result.GetValue(Data));
        Add(Durability, "Store:Durability", result.GetValue(Durability));
        Add(OnCorruption, "Store:OnCorruption", result.GetValue(OnCorruption));
        Add(Transport, "Broker:Transport", result.GetValue(Transport));
        Add(Shards, "Broker:Shards", result.GetValue(Shards).ToString(CultureInfo.InvariantCulture));
        Add(ReportOnly, "Acl:ReportOnly", "true");
        Add(ReportOnly, "Protection:ReportOnly", "true");
        Add(Verbose, "Log:Level", "debug");
        Add(Quiet, "Log:Level", "warn");
        if (result.GetValue(Shards) == 0 && IsTyped(result, Shards))
        {
            throw new ServerStartException("--shards 0: at least 1.", ServerStartException.InvalidConfiguration);
        }

        return flags;

        void Add(Option option, string key, string? value)
        {
            if (IsTyped(result, option))
            {
                flags.Add((option.Name, key, value ?? ""));
            }
        }
    }

    private static ServeListenerFlags ListenerFlagsOf(ParseResult result) => new(
        IsTyped(result, Port) ? result.GetValue(Port) : null,
        result.GetValue(Bind) ?? [],
        result.GetValue(AllowAnonymous));

    private static bool IsTyped(ParseResult result, Option option) => result.GetResult(option) is { Implicit: false };
}
