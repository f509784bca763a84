using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Logging;

/// <summary>
/// What <c>-v</c> shows of connections. Called by shards and listeners: nothing is formatted when it is not shown, and nothing waits.
/// </summary>
internal sealed class ConnectionLog(ILogger logger)
{
    /// <summary>Something of this is shown at all.</summary>
    internal bool IsOn => logger.IsEnabled(LogLevel.Debug);

    internal void Connected(Connection connection, bool sessionPresent)
    {
        if (IsOn)
        {
            ServerLog.Connected(
                logger,
                Name(connection),
                connection.RemoteAddress,
                Name(connection.Version),
                connection.KeepAliveSeconds,
                connection.CleanStart ? "yes" : "no",
                sessionPresent ? "resumed" : "new");
        }
    }

    internal void Fault(Connection connection, Exception fault) =>
        ServerLog.ConnectionFault(logger, Name(connection), connection.RemoteAddress, fault);

    internal void ConnectRefused(Connection connection, ConnackReasonCode reasonCode)
    {
        if (IsOn)
        {
            ServerLog.ConnectRefused(logger, Name(connection), connection.RemoteAddress, (byte)reasonCode, reasonCode.ToString());
        }
    }

    internal void Disconnected(Connection connection, CloseReason reason, DisconnectReasonCode reasonCode)
    {
        if (IsOn)
        {
            ServerLog.Disconnected(logger, Name(connection), connection.RemoteAddress, Words(reason, reasonCode));
        }
    }

    internal void PacketRefused(Connection connection, PacketType type, PacketError error)
    {
        if (IsOn)
        {
            var reasonCode = error.ReasonCode();
            ServerLog.PacketRefused(
                logger,
                Name(type),
                Name(connection),
                connection.RemoteAddress,
                error.Description(),
                error.Statement(connection.Version),
                (byte)reasonCode,
                reasonCode.ToString());
        }
    }

    internal void Subscribed(Connection connection, ReadOnlySpan<byte> topicFilter, SubackReasonCode reasonCode)
    {
        if (IsOn)
        {
            var answer = (byte)reasonCode < 0x80 ? $"granted QoS {(byte)reasonCode}" : $"refused 0x{(byte)reasonCode:X2} {reasonCode}";
            ServerLog.Subscribed(logger, Name(connection), Printable.Escape(topicFilter), answer);
        }
    }

    internal void HandshakeRefused(string address, in HandshakeResult result)
    {
        if (IsOn)
        {
            // The version may not be known yet; where a policy or a limit refuses, there is no statement.
            var error = result.Error == PacketError.None
                ? "not accepted by this server"
                : $"{result.Error.Description()} [{result.Error.Statement(ProtocolVersion.Mqtt5)}]";
            ServerLog.HandshakeRefused(logger, Name(result.Type), address, error, (byte)result.ReasonCode, result.ReasonCode.ToString());
        }
    }

    internal void ConnectTimeout(string address) => ServerLog.ConnectTimeout(logger, address);

    internal void HalfOpenRefused(string address, int limit) => ServerLog.HalfOpenRefused(logger, address, limit);

    internal void HalfOpenBytesRefused(string address, long limit) => ServerLog.HalfOpenBytesRefused(logger, address, limit);

    internal void CannotAccept(string reason) => ServerLog.CannotAccept(logger, reason);

    internal void HandshakeFault(string address, Exception fault) => ServerLog.HandshakeFault(logger, address, fault);

    private static string Name(Connection connection) => Printable.Escape(connection.ClientId);

    private static string Name(ProtocolVersion version) => version switch
    {
        ProtocolVersion.Mqtt31 => "3.1",
        ProtocolVersion.Mqtt311 => "3.1.1",
        _ => "5.0",
    };

    private static string Name(PacketType type) => type == PacketType.Reserved ? "a packet" : type.ToString().ToUpperInvariant();

    private static string Words(CloseReason reason, DisconnectReasonCode reasonCode) => reason switch
    {
        CloseReason.ClientDisconnect when reasonCode == DisconnectReasonCode.NormalDisconnection => "the client said goodbye",
        CloseReason.ClientDisconnect => $"the client said goodbye with 0x{(byte)reasonCode:X2} {reasonCode}",
        CloseReason.ConnectionLost => "the client closed the connection without DISCONNECT, or it broke",
        CloseReason.KeepAliveTimeout => "nothing came within the keep-alive time",
        CloseReason.PacketRefused => $"a packet was refused, 0x{(byte)reasonCode:X2} {reasonCode}",
        CloseReason.TakenOver => "another connection uses the same client identifier",
        CloseReason.SlowReader => "the client did not read its socket for too long",
        CloseReason.ServerShutdown => "the server is stopping",
        CloseReason.ConnectRefused => $"CONNECT was refused, 0x{(byte)reasonCode:X2} {reasonCode}",
        _ => $"{reason}, 0x{(byte)reasonCode:X2} {reasonCode}",
    };
}
