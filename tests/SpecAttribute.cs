using Xunit.v3;

namespace Godwit.Tests;

/// <summary>
/// Names the normative statements (<c>MQTT-3.1.2-8</c>: 5.0, <c>MQTT3-3.1.2-8</c>: 3.1.1) or the rows of docs/requirements.md
/// (<c>R41</c>) that a test proves.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class SpecAttribute(params string[] ids) : Attribute, ITraitAttribute
{
    /// <summary>The ids, as they stand in the specification.</summary>
    public IReadOnlyList<string> Ids { get; } = ids;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() =>
        [.. Ids.Select(id => new KeyValuePair<string, string>("Spec", id))];
}
