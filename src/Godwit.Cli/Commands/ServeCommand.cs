using System.CommandLine;
using System.Net;
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
          godwit serve --set Limits:PacketSizeBytesMax=1000000 --set OverflowPolicy=DropOldest

        SIGTERM and SIGINT stop it cleanly; SIGUSR1 prints counters.
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
        Description = "Set a limit or a setting, repeatable. Names: docs/limits.md.",
        HelpName = "NAME=VALUE",
        Arity = ArgumentArity.OneOrMore,
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
            Port, Bind, AllowAnonymous, Data, Durability, OnCorruption, Shards, Transport, Set, Verbose, Quiet,
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
            var options = CreateOptions(result);
            return await BrokerProcess.RunAsync(options, result.GetValue(Verbose), result.GetValue(Quiet)).ConfigureAwait(false);
        }
        catch (ServerStartException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message).ConfigureAwait(false);
            return exception.ExitCode;
        }
    }

    private static ServerOptions CreateOptions(ParseResult result)
    {
        var durability = Enum.Parse<DurabilityMode>(result.GetValue(Durability)!, ignoreCase: true);
        var options = new ServerOptions
        {
            Port = result.GetValue(Port),
            Addresses = [.. (result.GetValue(Bind) ?? []).Select(ParseAddress)],
            AllowAnonymous = result.GetValue(AllowAnonymous),
            DataDirectory = result.GetValue(Data) ?? (durability == DurabilityMode.Memory ? null : StateDirectory.Default),
            Durability = durability,
            StopOnCorruption = string.Equals(result.GetValue(OnCorruption), "stop", StringComparison.Ordinal),
            Shards = ParseShards(result),
            Transport = result.GetValue(Transport) switch
            {
                "epoll" => TransportKind.Epoll,
                "kestrel" => TransportKind.Kestrel,
                _ => TransportKind.Default,
            },
        };
        foreach (var assignment in result.GetValue(Set) ?? [])
        {
            if (!options.TrySet(assignment, out var error))
            {
                throw new ServerStartException($"--set {assignment}: {error}", ServerStartException.InvalidConfiguration);
            }
        }

        return options;
    }

    private static int ParseShards(ParseResult result)
    {
        var shards = result.GetValue(Shards);
        if (shards <= 0 && result.GetResult(Shards) is { Implicit: false })
        {
            throw new ServerStartException($"--shards {shards}: at least 1.", ServerStartException.InvalidConfiguration);
        }

        return shards;
    }

    private static IPAddress ParseAddress(string text)
    {
        var bare = text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text;
        if (bare.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return IPAddress.Loopback;
        }

        return IPAddress.TryParse(bare, out var address)
            ? address
            : throw new ServerStartException(
                $"--bind {text}: not an IP address. Use one of this machine's, or 0.0.0.0 for all.", ServerStartException.InvalidConfiguration);
    }
}
