namespace Godwit.Simulation.Networks;

/// <summary>How the network of one run behaves.</summary>
internal sealed class LinkPlan
{
    /// <summary>Shortest and longest time from one end to the other.</summary>
    public int LatencyMinMs { get; set; } = 1;

    /// <summary>See <see cref="LatencyMinMs"/>.</summary>
    public int LatencyMaxMs { get; set; } = 1;

    /// <summary>0: the rate is not limited.</summary>
    public int MillisecondsPerKilobyte { get; set; }

    /// <summary>Bytes that may be under way to a client before the broker's writes are refused.</summary>
    public int DownCapacityBytes { get; set; } = 1 << 20;

    /// <summary>Largest piece the broker reads at once; 1 is byte by byte.</summary>
    public int ReadPieceBytesMax { get; set; } = 1 << 16;
}
