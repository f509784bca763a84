namespace Godwit.Conformance.Running;

/// <summary>
/// A method that proves normative statements: <c>MQTT-3.1.2-8</c> (5.0), <c>MQTT3-3.1.2-8</c> (3.1.1), <c>MQTT31-3.1-2</c> (a
/// difference of 3.1), or a known trap (<c>Trap-39</c>). It is static, takes a <see cref="Probe"/>, and runs once in each version.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CheckAttribute(params string[] ids) : Attribute
{
    /// <summary>What it proves.</summary>
    public IReadOnlyList<string> Ids { get; } = ids;

    /// <summary>The versions it runs in; none given: those whose statements it names.</summary>
    public Versions Versions { get; init; }

    /// <summary>Failing it is a deviation from a SHOULD or from good practice, not from a MUST.</summary>
    public bool IsRecommendation { get; init; }

    /// <summary>It has to wait for the broker's clock, so it is started among the first.</summary>
    public bool Waits { get; init; }
}
