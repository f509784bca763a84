namespace Godwit.Bench.Plans;

/// <summary>A run that cannot be made: the plan makes no sense, or no connection came up. The message is one sentence for a person.</summary>
public sealed class BenchException : Exception
{
    /// <summary>Without a message; use one.</summary>
    public BenchException()
    {
    }

    /// <summary>With what is wrong.</summary>
    public BenchException(string message)
        : base(message)
    {
    }

    /// <summary>With what is wrong and what caused it.</summary>
    public BenchException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
