namespace Godwit.Interop.Clients;

/// <summary>A protocol version that a client is told to speak.</summary>
public enum MqttVersion
{
    Mqtt31,
    Mqtt311,
    Mqtt5,
}
