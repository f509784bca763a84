namespace Godwit.Server.Configuration;

/// <summary>One thing that is wrong with a configuration, or worth knowing.</summary>
/// <param name="Origin">Where.</param>
/// <param name="IsError">A broker does not start with it.</param>
/// <param name="Text">What, and what to write instead. A sentence or two; no secrets.</param>
public sealed record ConfigurationMessage(ConfigurationOrigin Origin, bool IsError, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => IsError ? $"{Origin}: {Text}" : $"{Origin}: warning: {Text}";
}
