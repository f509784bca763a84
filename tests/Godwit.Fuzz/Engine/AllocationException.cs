namespace Godwit.Fuzz.Engine;

/// <summary>An input cost more memory than its size allows.</summary>
internal sealed class AllocationException(long allocated, long allowed, int inputSize)
    : Exception($"{inputSize} bytes of input made the product allocate {allocated} bytes; {allowed} are allowed.");
