namespace Godwit.Server.Configuration;

/// <summary>What came of a reload.</summary>
/// <param name="Error">Why nothing has changed, with all its lines; null: the next configuration holds.</param>
/// <param name="Applied">Values that hold now.</param>
/// <param name="Pending">Values, and listeners, that take a restart; the old ones hold until then.</param>
/// <param name="Warnings">Of the configuration that was read.</param>
public sealed record ReloadResult(string? Error, IReadOnlyList<string> Applied, IReadOnlyList<string> Pending, IReadOnlyList<string> Warnings)
{
    /// <summary>The next configuration holds, but for what is pending.</summary>
    public bool IsDone => Error is null;
}
