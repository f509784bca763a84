namespace Godwit.Compare.Loads;

/// <summary>One number of a workload, and what is asked of it. Less is better, always.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Path">In the report of the generator, with '.' between the levels.</param>
internal sealed record Figure(string Name, string Path)
{
    /// <summary>Godwit's figure divided by mosquitto's may be at most this; null: mosquitto does not judge it.</summary>
    public double? MosquittoRatioMax { get; init; }

    /// <summary>Godwit's figure divided by the relay's may be at most this; null: the relay does not judge it.</summary>
    public double? RelayRatioMax { get; init; }

    /// <summary>What is written to disk has another price: only memory mode is judged.</summary>
    public bool JudgesMemoryOnly { get; init; }
}
