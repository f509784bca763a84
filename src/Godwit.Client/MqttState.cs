namespace Godwit.Client;

/// <summary>Where a client stands between its connections.</summary>
public enum MqttState : byte
{
    /// <summary>No connection, and none is being made: before ConnectAsync, after DisconnectAsync or after a final failure.</summary>
    Disconnected,

    /// <summary>ConnectAsync is at work.</summary>
    Connecting,

    /// <summary>CONNACK with Success has arrived.</summary>
    Connected,

    /// <summary>The connection was lost; the client waits or tries again.</summary>
    Reconnecting,

    /// <summary>Disposed.</summary>
    Closed,
}
