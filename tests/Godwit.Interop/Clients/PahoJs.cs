namespace Godwit.Interop.Clients;

/// <summary>Eclipse Paho for JavaScript, npm package <c>paho-mqtt</c>; its WebSocket is a plain TCP connection here.</summary>
public sealed class PahoJs() : NodeProgram("paho-mqtt", "pahojs-agent.js"), ILibraryProgram, IVersions
{
    /// <inheritdoc/>
    public static IReadOnlyList<MqttVersion> Versions => [MqttVersion.Mqtt31, MqttVersion.Mqtt311];
}
