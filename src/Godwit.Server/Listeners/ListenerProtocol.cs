namespace Godwit.Server.Listeners;

/// <summary>What is spoken on a listener, below encryption.</summary>
public enum ListenerProtocol
{
    /// <summary>MQTT packets, one after another (MQTT 5.0 §4.2).</summary>
    Mqtt,

    /// <summary>MQTT packets in binary WebSocket frames (MQTT 5.0 §6).</summary>
    WebSocket,
}
