using System.Globalization;
using Godwit.Kills.Brokers;
using Godwit.Protocol;

namespace Godwit.Kills.Suite;

/// <summary>The command line of ./kills.</summary>
internal sealed record KillArguments
{
    private const int ShardsMax = 64;

    public int Kills { get; private init; } = 20;

    public int Seed { get; private init; } = 1;

    public BrokerKind Broker { get; private init; }

    /// <summary>Of godwit.</summary>
    public string Durability { get; private init; } = GodwitBroker.Sync;

    /// <summary>Of mosquitto: its best settings; else its defaults.</summary>
    public bool SavesOnChanges { get; private init; } = true;

    public ProtocolVersion Version { get; private init; } = ProtocolVersion.Mqtt5;

    /// <summary>Of godwit; 0: as many as it takes without being told.</summary>
    public int Shards { get; private init; }

    /// <summary>Of godwit: the end of the log is torn after some of the kills.</summary>
    public bool HasGarbage { get; private init; }

    /// <summary>Leaves the data directory where it is.</summary>
    public bool Keep { get; private init; }

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">Pairs of option and value; <c>--keep</c>, <c>--garbage</c> and <c>--autosave-default</c> stand alone.</param>
    /// <param name="error">What is wrong, else empty.</param>
    /// <returns>Null: something is wrong.</returns>
    public static KillArguments? Read(string[] arguments, out string error)
    {
        var read = new KillArguments();
        for (var i = 0; i < arguments.Length; i++)
        {
            var isAlone = arguments[i] is "--keep" or "--garbage" or "--autosave-default";
            var value = isAlone || i + 1 == arguments.Length ? "" : arguments[i + 1];
            if (read.With(arguments[i], value) is not { } more)
            {
                error = $"'{arguments[i]} {value}' is not understood.";
                return null;
            }

            read = more;
            i += isAlone ? 0 : 1;
        }

        var isOther = read.Broker != BrokerKind.Godwit && (read.HasGarbage || read.Shards > 0);
        error = isOther ? "--garbage and --shards are for godwit only." : "";
        return isOther ? null : read;
    }

    private KillArguments? With(string name, string value)
    {
        var culture = CultureInfo.InvariantCulture;
        return (name, value) switch
        {
            ("--keep", _) => this with { Keep = true },
            ("--garbage", _) => this with { HasGarbage = true },
            ("--autosave-default", _) => this with { SavesOnChanges = false },
            ("--kills", _) when int.TryParse(value, NumberStyles.None, culture, out var kills) => this with { Kills = kills },
            ("--shards", _) when int.TryParse(value, NumberStyles.None, culture, out var shards) && shards is > 0 and <= ShardsMax => this with { Shards = shards },
            ("--seed", _) when int.TryParse(value, NumberStyles.None, culture, out var seed) => this with { Seed = seed },
            ("--broker", "godwit") => this with { Broker = BrokerKind.Godwit },
            ("--broker", "mosquitto") => this with { Broker = BrokerKind.Mosquitto },
            ("--durability", "sync" or "interval" or "os" or "memory") => this with { Durability = value },
            ("--version", "3.1.1") => this with { Version = ProtocolVersion.Mqtt311 },
            ("--version", "5") => this with { Version = ProtocolVersion.Mqtt5 },
            _ => null,
        };
    }
}
