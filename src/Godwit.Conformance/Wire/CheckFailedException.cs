namespace Godwit.Conformance.Wire;

/// <summary>The broker did something else than the statement allows.</summary>
public sealed class CheckFailedException(string expected, string came) : Exception($"expected {expected}; came {came}")
{
    /// <summary>What the statement demands, a noun phrase.</summary>
    public string Expected { get; } = expected;

    /// <summary>What happened instead, a noun phrase.</summary>
    public string Came { get; } = came;
}
