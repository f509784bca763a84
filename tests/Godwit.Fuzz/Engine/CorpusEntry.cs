namespace Godwit.Fuzz.Engine;

/// <summary>An input with a name, committed because it is interesting or because it once failed.</summary>
/// <param name="Name">Says what is special.</param>
/// <param name="Bytes">The input.</param>
internal sealed record CorpusEntry(string Name, byte[] Bytes)
{
    public override string ToString() => Name;
}
