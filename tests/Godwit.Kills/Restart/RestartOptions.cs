using System.Globalization;

namespace Godwit.Kills.Restart;

/// <summary>What bench/restart is told.</summary>
internal sealed record RestartOptions
{
    private const int SessionsFull = 100_000;
    private const int MessagesFull = 1_000_000;

    /// <summary>Subscriptions of each session.</summary>
    public const int SubscriptionsEach = 10;

    /// <summary>Sessions that are resumed to see whether all can be.</summary>
    public const int SampleMax = 1_000;

    /// <summary>1 is the whole: 100,000 sessions and 1,000,000 messages.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Of godwit.</summary>
    public string Durability { get; init; } = Brokers.GodwitBroker.Sync;

    /// <summary>From the start of the process until all sessions could be resumed.</summary>
    public TimeSpan TimeMax { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Resident, after that.</summary>
    public long MemoryBytesMax { get; init; } = 1_000_000_000;

    public int Sessions => Math.Max(1, (int)(SessionsFull * Scale));

    /// <summary>A whole number for each session.</summary>
    public int MessagesEach => MessagesFull / SessionsFull;

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">Pairs of option and value.</param>
    /// <param name="error">What is wrong, else empty.</param>
    /// <returns>Null: something is wrong.</returns>
    public static RestartOptions? Read(string[] arguments, out string error)
    {
        var read = new RestartOptions();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (read.With(arguments[i], i + 1 < arguments.Length ? arguments[i + 1] : "") is not { } more)
            {
                error = $"'{arguments[i]}' is not understood.";
                return null;
            }

            read = more;
        }

        error = "";
        return read;
    }

    private RestartOptions? With(string name, string value)
    {
        var isNumber = double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0;
        return name switch
        {
            "--scale" when isNumber && number <= 10 => this with { Scale = number },
            "--seconds-max" when isNumber => this with { TimeMax = TimeSpan.FromSeconds(number) },
            "--megabytes-max" when isNumber => this with { MemoryBytesMax = (long)(number * 1e6) },
            "--durability" when value is "sync" or "interval" or "os" or "memory" => this with { Durability = value },
            _ => null,
        };
    }
}
