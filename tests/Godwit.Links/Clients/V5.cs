using Godwit.Interop.Clients;

namespace Godwit.Links.Clients;

/// <summary>MQTT 5.0.</summary>
public abstract class V5 : IVersions
{
    /// <inheritdoc/>
    public static IReadOnlyList<MqttVersion> Versions => [MqttVersion.Mqtt5];
}
