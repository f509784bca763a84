using Godwit.Server.Hosting;

namespace Godwit.Server.Configuration;

/// <summary>One key of the configuration. docs/configuration.md, the schema, <c>godwit config show</c> and every message come from these.</summary>
public abstract class ConfigurationKey
{
    /// <summary>Names separated by colons; <c>*</c> stands for the number of an element: <c>Listeners:*:Port</c>.</summary>
    public required string Path { get; init; }

    /// <summary>What it takes.</summary>
    public abstract KeyType Type { get; }

    /// <summary>The default as it could be written; empty: none.</summary>
    public required string Default { get; init; }

    /// <summary>A reload applies it to the running broker; else it takes a restart.</summary>
    public required bool IsHot { get; init; }

    /// <summary>A reload closes the listener with its connections, and opens it anew. Only of a listener, and with <see cref="IsHot"/>.</summary>
    public bool Reopens { get; init; }

    /// <summary>What of it is never shown, and may be said by an environment variable only; null: nothing.</summary>
    public SecretPart? Secret { get; init; }

    /// <summary>There may be a secret in its value.</summary>
    public bool IsSecret => Secret is not null;

    /// <summary>What Mosquitto calls it, with more than one name separated by commas; empty: it has nothing like it.</summary>
    public required string Mosquitto { get; init; }

    /// <summary>What it is for. One or two sentences.</summary>
    public required string Meaning { get; init; }

    /// <summary>The part before the first colon.</summary>
    public string Section => Path.Split(':')[0];

    /// <summary>The part behind the last colon.</summary>
    public string Name => Path[(Path.LastIndexOf(':') + 1)..];

    /// <summary>Sets the value; elements of arrays up to the named one are made.</summary>
    /// <param name="options">Where.</param>
    /// <param name="indices">One for each <c>*</c> of <see cref="Path"/>.</param>
    /// <param name="assignment">The value; its key is not looked at.</param>
    /// <returns>What is wrong, as a sentence without the key in front; null: nothing.</returns>
    internal abstract string? Set(ServerOptions options, IReadOnlyList<int> indices, ConfigurationAssignment assignment);

    /// <summary>Makes the element of the array that this key stands in.</summary>
    internal abstract void Grow(ServerOptions options, IReadOnlyList<int> indices);

    /// <summary>The value as it could be written; empty: none.</summary>
    internal abstract string Show(ServerOptions options, IReadOnlyList<int> indices);

    /// <summary>A value of it as people may see it.</summary>
    internal string Hide(string value) => Secret?.IsIn(value) == true ? SecretPart.Set : value;

    /// <summary>Takes over the value of other options. Only for a key without <c>*</c>.</summary>
    internal abstract void Copy(ServerOptions from, ServerOptions to);
}
