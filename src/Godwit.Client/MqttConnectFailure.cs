namespace Godwit.Client;

/// <summary>Why there is no connection.</summary>
public enum MqttConnectFailure : byte
{
    /// <summary>The host is unknown, not reachable, or nothing listens.</summary>
    Network,

    /// <summary>The server's certificate is not believed, or there is no TLS in common.</summary>
    Tls,

    /// <summary>No CONNACK within the time limit.</summary>
    NoConnack,

    /// <summary>The server closed the connection before its CONNACK.</summary>
    ClosedBeforeConnack,

    /// <summary>The server answered CONNECT with an error.</summary>
    Refused,

    /// <summary>The server sent something else than a valid CONNACK.</summary>
    ProtocolError,
}
