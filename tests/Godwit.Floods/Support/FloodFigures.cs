namespace Godwit.Floods.Support;

/// <summary>What one flood did to memory and to the neighbours.</summary>
internal sealed record FloodFigures(long BeforeBytes, long PeakBytes, long HeapBytes, long BoundBytes, Latencies Idle, Latencies During)
{
    /// <summary>A neighbour who needs less than this when all is quiet is measured with this: a scheduler's tick is no flood.</summary>
    private const double FloorP50Ms = 5;
    private const double FloorP99Ms = 20;

    public long GrowthBytes => PeakBytes - BeforeBytes;

    public double RatioP50 => During.P50 / Math.Max(Idle.P50, FloorP50Ms);

    public double RatioP99 => During.P99 / Math.Max(Idle.P99, FloorP99Ms);
}
