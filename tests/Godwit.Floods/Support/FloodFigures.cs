namespace Godwit.Floods.Support;

/// <summary>What one flood did to memory and to the neighbours.</summary>
internal sealed record FloodFigures
{
    /// <summary>A neighbour who needs less than this when all is quiet is measured with this: a turn of the broker is no flood.</summary>
    private const double FloorP50Ms = 2;
    private const double FloorP99Ms = 10;

    public required long BeforeBytes { get; init; }

    public required long PeakBytes { get; init; }

    public required long HeapBytes { get; init; }

    public required long BoundBytes { get; init; }

    public required Latencies Idle { get; init; }

    public required Latencies During { get; init; }

    /// <summary>As <see cref="ProcessTime.SlowdownSince"/> says it.</summary>
    public required double Slowdown { get; init; }

    public long GrowthBytes => PeakBytes - BeforeBytes;

    /// <summary>How many times longer the neighbours waited, apart from what other processes took.</summary>
    public double RatioP50 => During.P50 / (Math.Max(Idle.P50, FloorP50Ms) * Slowdown);

    public double RatioP99 => During.P99 / (Math.Max(Idle.P99, FloorP99Ms) * Slowdown);
}
