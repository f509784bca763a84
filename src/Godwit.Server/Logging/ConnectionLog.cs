using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Godwit.Protocol.Topics;
using Godwit.Server.Listeners;
using Godwit.Server.Transports;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Logging;

/// <summary>
/// What <c>-v</c> shows of connections. Called by shards and listeners: nothing is formatted when it is not shown, and nothing waits.
/// </summary>
internal sealed class ConnectionLog(ILogger logger)
{
    /// <summary>Lines of each kind in one second, of those that a client can cause as often as it likes and that are always shown.</summary>
    private const int DenialsPerSecond = 10;

    /// <summary>What stands before the QoS that was granted.</summary>
    internal const string Granted = "granted QoS ";

    private readonly LineSampler _authentications = new(DenialsPerSecond);
    private readonly LineSampler _publishes = new(DenialsPerSecond);
    private readonly LineSampler _subscribes = new(DenialsPerSecond);

    /// <summary>What knows why something was denied; null: there are no rules.</summary>
    internal DenialReason? Reason { get; set; }

    /// <summary>Something of this is shown at all.</summary>
    internal bool IsOn => logger.IsEnabled(LogLevel.Debug);

    internal void Accepted(string address, int port) => ServerLog.Accepted(logger, address, port);

    internal void Connected(Connection connection, bool sessionPresent)
    {
        if (!IsOn)
        {
            return;
        }

        var (name, address, version) = (Name(connection), connection.RemoteAddress, Name(connection.Version));
        var clean = connection.CleanStart ? "yes" : "no";
        var session = sessionPresent ? "resumed" : "new";
        if (connection.UserName is { } userName)
        {
            ServerLog.ConnectedAs(logger, name, Printable.Escape(userName), address, version, connection.KeepAliveSeconds, clean, session);
        }
        else
        {
            ServerLog.Connected(logger, name, address, version, connection.KeepAliveSeconds, clean, session);
        }
    }

    /// <summary>Somebody has not shown who they are.</summary>
    /// <param name="clientId">As sent.</param>
    /// <param name="userName">As sent; null: none.</param>
    /// <param name="address">Of the client.</param>
    /// <param name="code">As a 5.0 client is told it.</param>
    /// <param name="reason">Who refuses and why, e.g. <c>password file: wrong password</c>; never a secret.</param>
    internal void AuthenticationRefused(string clientId, string? userName, string address, ConnackReasonCode code, string reason)
    {
        if (MayWrite(_authentications, "refused CONNECTs"))
        {
            ServerLog.AuthenticationRefused(logger, Printable.Escape(clientId), User(userName), address, (byte)code, Printable.Escape(reason));
        }
    }

    /// <summary>A client may not publish what it has sent. The topic is as the broker knows it.</summary>
    internal void PublishDenied(Connection connection, ReadOnlySpan<byte> topic, QoS qos, bool retain)
    {
        if (MayWrite(_publishes, "denied publishes"))
        {
            var rule = ReasonOf(SubjectOf(connection), isSubscribe: false, topic, qos, retain);
            ServerLog.PublishDenied(
                logger, Printable.Escape(topic), (byte)qos, retain, Name(connection), User(connection.UserName), connection.RemoteAddress, rule);
        }
    }

    /// <summary>A will whose client may no longer publish to its topic.</summary>
    internal void WillDenied(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain)
    {
        if (MayWrite(_publishes, "denied publishes"))
        {
            var rule = ReasonOf(who, isSubscribe: false, topic, qos, retain);
            ServerLog.WillDenied(logger, Printable.Escape(topic), (byte)qos, retain, Printable.Escape(who.ClientId), User(who.UserName), rule);
        }
    }

    /// <summary>A client may not subscribe to what it has asked for. The filter is as the client knows it.</summary>
    internal void SubscribeDenied(Connection connection, ReadOnlySpan<byte> topicFilter)
    {
        if (!MayWrite(_subscribes, "denied subscribes"))
        {
            return;
        }

        var rule = "";
        if (TopicFilter.TryParse(topicFilter, out var filter))
        {
            ReadOnlySpan<byte> mounted = [.. connection.Identity?.Listener?.MountPoint ?? [], .. filter.Filter];
            rule = ReasonOf(SubjectOf(connection), isSubscribe: true, mounted, QoS.AtMostOnce, retain: false);
        }

        ServerLog.SubscribeDenied(
            logger, Printable.Escape(topicFilter), Name(connection), User(connection.UserName), connection.RemoteAddress, rule);
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
            ServerLog.Disconnected(logger, Name(connection), connection.RemoteAddress, Words(reason, reasonCode), reason);
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
            var answer = (byte)reasonCode < 0x80 ? $"{Granted}{(byte)reasonCode}" : $"refused 0x{(byte)reasonCode:X2} {reasonCode}";
            ServerLog.Subscribed(logger, Name(connection), Printable.Escape(topicFilter), answer);
        }
    }

    internal void Unsubscribed(Connection connection, ReadOnlySpan<byte> topicFilter, UnsubackReasonCode reasonCode)
    {
        if (IsOn)
        {
            ServerLog.Unsubscribed(logger, Name(connection), Printable.Escape(topicFilter), $"0x{(byte)reasonCode:X2} {reasonCode}");
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

    /// <summary>A listener does not let a connection in.</summary>
    internal void ListenerRefused(string address, ListenerOptions listener, string reason)
    {
        if (IsOn)
        {
            ListenerLog.Refused(logger, address, ListenerWords.Name(listener), reason);
        }
    }

    /// <summary>A handshake of TLS has failed.</summary>
    internal void TlsFailed(string address, ListenerOptions listener, string reason)
    {
        if (IsOn)
        {
            ListenerLog.TlsFailed(logger, address, ListenerWords.Name(listener), Printable.Escape(reason));
        }
    }

    /// <summary>A request on a listener of WebSocket is answered with a status of HTTP.</summary>
    internal void WebSocketRefused(string address, ListenerOptions listener, int status, string reason)
    {
        if (IsOn)
        {
            ListenerLog.WebSocketRefused(logger, address, ListenerWords.Name(listener), status, reason);
        }
    }

    /// <summary>A WebSocket client comes in although it names no subprotocol.</summary>
    internal void NoSubprotocol(string address, ListenerOptions listener)
    {
        if (IsOn)
        {
            ListenerLog.NoSubprotocol(logger, address, ListenerWords.Name(listener));
        }
    }

    internal void CannotAccept(string reason) => ServerLog.CannotAccept(logger, reason);

    internal void HandshakeFault(string address, Exception fault) => ServerLog.HandshakeFault(logger, address, fault);

    /// <summary>A line of this kind may be written; those that were not are told of first.</summary>
    private bool MayWrite(LineSampler sampler, string subject)
    {
        if (!logger.IsEnabled(LogLevel.Information) || !sampler.TryTake(MonotonicClock.NowMs, out var hidden))
        {
            return false;
        }

        if (hidden > 0)
        {
            ServerLog.NotWritten(logger, hidden, subject);
        }

        return true;
    }

    private static string User(string? userName) => userName is null ? "" : Printable.Escape(userName);

    private string ReasonOf(in Subject who, bool isSubscribe, ReadOnlySpan<byte> topic, QoS qos, bool retain)
    {
        if (Reason is not null)
        {
            return Reason(who, isSubscribe, topic, qos, retain);
        }

        return topic.StartsWith("$SYS"u8) ? "only the broker writes below $SYS" : "not allowed";
    }

    private static Subject SubjectOf(Connection connection) => new(connection.ClientId, connection.Identity);

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
