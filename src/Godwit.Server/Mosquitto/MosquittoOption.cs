namespace Godwit.Server.Mosquitto;

/// <summary>One option of <c>mosquitto.conf</c>, and what becomes of it. docs/mosquitto.md is made of these rows.</summary>
/// <param name="Name">As it stands in the file; <c>plugin_opt_*</c> stands for all that begin so.</param>
/// <param name="Scope">What it belongs to.</param>
/// <param name="Fate">What becomes of it.</param>
/// <param name="Value">How its value is read.</param>
/// <param name="Default">Mosquitto's default; empty when there is none.</param>
/// <param name="Key">The keys it sets, with spaces between them and <c>*</c> for the number of a listener; empty unless it is mapped.</param>
/// <param name="Remark">What is worth knowing; of a refused one, what to do instead. Whole sentences.</param>
public sealed record MosquittoOption(
    string Name,
    MosquittoScope Scope,
    MosquittoFate Fate,
    MosquittoValue Value,
    string Default,
    string Key,
    string Remark)
{
    /// <summary>The smallest number.</summary>
    public long Minimum { get; init; } = int.MinValue;

    /// <summary>The largest number.</summary>
    public long Maximum { get; init; } = int.MaxValue;

    /// <summary>All values there are; empty: any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>It may stand several times in one section. Else a text that comes twice is an error, and of other values the last one holds, as in Mosquitto.</summary>
    public bool Repeats { get; init; }

    /// <summary>A value that a test of the mapping can give it.</summary>
    public string Example { get; init; } = "";
}
