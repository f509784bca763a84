using Godwit.Interop.Clients;

namespace Godwit.Links.Clients;

/// <summary>MQTT 3.1.</summary>
public abstract class V31 : IVersions
{
    /// <inheritdoc/>
    public static IReadOnlyList<MqttVersion> Versions => [MqttVersion.Mqtt31];
}
