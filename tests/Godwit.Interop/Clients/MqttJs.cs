namespace Godwit.Interop.Clients;

/// <summary>MQTT.js, npm package <c>mqtt</c>.</summary>
public sealed class MqttJs() : NodeProgram("mqtt", "mqttjs-agent.js"), ILibraryProgram, IVersions
{
    /// <inheritdoc/>
    public static IReadOnlyList<MqttVersion> Versions => [MqttVersion.Mqtt31, MqttVersion.Mqtt311, MqttVersion.Mqtt5];
}
