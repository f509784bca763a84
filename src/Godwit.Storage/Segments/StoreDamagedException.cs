namespace Godwit.Storage.Segments;

/// <summary>The store is damaged, and the administrator wants the broker to stop then. Nothing has been changed.</summary>
public sealed class StoreDamagedException : Exception
{
    /// <summary>No more is known.</summary>
    public StoreDamagedException()
    {
    }

    /// <summary>What was found.</summary>
    public StoreDamagedException(string message)
        : base(message)
    {
    }

    /// <summary>What was found.</summary>
    public StoreDamagedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>What was found.</summary>
    public StoreDamagedException(IReadOnlyList<DamagedRange> damage)
        : base("the store is damaged: " + string.Join("; ", damage)) => Damage = damage;

    /// <summary>Every damaged range.</summary>
    public IReadOnlyList<DamagedRange> Damage { get; } = [];
}
