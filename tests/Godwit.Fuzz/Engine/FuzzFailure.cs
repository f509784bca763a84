namespace Godwit.Fuzz.Engine;

/// <summary>An input that broke a promise.</summary>
/// <param name="Target">Name of the target.</param>
/// <param name="Seed">With <paramref name="Iteration"/>: the input again.</param>
/// <param name="Iteration">0 on; -1 for an entry of the corpus.</param>
/// <param name="Input">The bytes.</param>
/// <param name="Cause">What Run threw.</param>
internal sealed record FuzzFailure(string Target, ulong Seed, long Iteration, byte[] Input, Exception Cause)
{
    /// <summary>What a reader needs to see the same again.</summary>
    public override string ToString() =>
        $"""
        fuzz: FAILED: target {Target}, seed {Seed}, iteration {Iteration}, {Input.Length} bytes
        {Cause}

        input: {Convert.ToHexString(Input)}
        again: ./fuzz --target {Target} --seed {Seed} --iteration {Iteration}
        """;
}
