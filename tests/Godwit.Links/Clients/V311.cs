using Godwit.Interop.Clients;

namespace Godwit.Links.Clients;

/// <summary>MQTT 3.1.1.</summary>
public abstract class V311 : IVersions
{
    /// <inheritdoc/>
    public static IReadOnlyList<MqttVersion> Versions => [MqttVersion.Mqtt311];
}
