namespace Godwit.Client.Connections;

/// <summary>Who ended a connection.</summary>
internal enum ConnectionEndKind
{
    /// <summary>This program asked for it.</summary>
    Local,

    /// <summary>The other side or the network, without a word; or no PINGRESP came.</summary>
    Network,

    /// <summary>The server sent DISCONNECT.</summary>
    ServerDisconnect,

    /// <summary>The server broke the protocol.</summary>
    ProtocolError,
}
