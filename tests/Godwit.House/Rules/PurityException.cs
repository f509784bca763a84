namespace Godwit.House.Rules;

/// <summary>A type that may synchronise although it stands in the core.</summary>
/// <param name="Type">Full name of the outermost type.</param>
/// <param name="Reason">Why shards share it.</param>
public sealed record PurityException(string Type, string Reason);
