namespace Godwit.Server.Configuration;

/// <summary>Where something was said.</summary>
/// <param name="Source">A file's path as it was named, an environment variable such as <c>GODWIT_Limits__HalfOpenMax</c>, <c>--set</c>, or a flag.</param>
/// <param name="Line">Of a file, from 1; 0: there are no lines.</param>
public readonly record struct ConfigurationOrigin(string Source, int Line = 0)
{
    /// <summary>Nobody said anything.</summary>
    public static ConfigurationOrigin Default { get; } = new("default");

    /// <inheritdoc/>
    public override string ToString() => Line == 0 ? Source : $"{Source}:{Line}";
}
