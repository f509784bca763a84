namespace Godwit.Micro.Operations;

/// <summary>What one run of an operation may allocate at most. Without it: nothing.</summary>
/// <param name="bytes">Bytes for each operation.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AllocatesAttribute(int bytes) : Attribute
{
    /// <summary>Bytes for each operation.</summary>
    public int Bytes { get; } = bytes;
}
