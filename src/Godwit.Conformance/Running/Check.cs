using Godwit.Protocol;

namespace Godwit.Conformance.Running;

/// <summary>One check in one version.</summary>
/// <param name="Name">A sentence.</param>
/// <param name="Ids">The statements and traps that it proves, those of its version only.</param>
/// <param name="Version">The version that it runs in.</param>
/// <param name="IsRecommendation">Failing it breaks no MUST.</param>
/// <param name="Waits">It waits for the broker's clock.</param>
/// <param name="RunAsync">The check itself; throws when the broker deviates.</param>
public sealed record Check(string Name, IReadOnlyList<string> Ids, ProtocolVersion Version, bool IsRecommendation, bool Waits, Func<Probe, Task> RunAsync)
{
    /// <summary>The version as people write it.</summary>
    public string VersionText => TextOf(Version);

    /// <summary>Version and name: unique in the catalog.</summary>
    public string FullName => $"{VersionText} {Name}";

    /// <summary>3.1, 3.1.1 or 5.0.</summary>
    public static string TextOf(ProtocolVersion version) => version switch
    {
        ProtocolVersion.Mqtt31 => "3.1",
        ProtocolVersion.Mqtt311 => "3.1.1",
        _ => "5.0",
    };
}
