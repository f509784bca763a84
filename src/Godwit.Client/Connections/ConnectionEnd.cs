using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Connections;

/// <summary>Why a connection ended.</summary>
/// <param name="Kind">Who ended it.</param>
/// <param name="Reason">One clause in plain words.</param>
/// <param name="ReasonCode">The code of the DISCONNECT that either side sent; null when none was.</param>
/// <param name="Exception">What the network reported, if that was the cause.</param>
internal sealed record ConnectionEnd(
    ConnectionEndKind Kind,
    string Reason,
    DisconnectReasonCode? ReasonCode = null,
    Exception? Exception = null)
{
    public static readonly ConnectionEnd ByUser = new(ConnectionEndKind.Local, "the client disconnected");

    public static readonly ConnectionEnd ByPeer = new(ConnectionEndKind.Network, "the server closed the connection");

    public static ConnectionEnd ByNetwork(Exception exception) =>
        new(ConnectionEndKind.Network, $"the connection failed: {exception.Message}", Exception: exception);

    public MqttConnectionLostException ToException() =>
        new($"The connection ended: {Reason}.", ReasonCode, Exception);
}
