namespace Godwit.House.Rules;

/// <summary>Types that may synchronise although they stand in the core.</summary>
/// <param name="TypePrefix">Full name of the outermost type, or its beginning.</param>
/// <param name="Reason">Why it is shared between shards.</param>
public sealed record PurityException(string TypePrefix, string Reason);
