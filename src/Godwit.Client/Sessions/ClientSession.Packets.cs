using Godwit.Client.Connections;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Sessions;

/// <content>What each packet from the server does. All is called with the gate.</content>
internal sealed partial class ClientSession
{
    /// <summary>Handles one packet.</summary>
    /// <returns>Not null: the server broke the protocol, and the connection is to be closed.</returns>
    public Violation? Handle(ClientConnection connection, in FixedHeader header, ReadOnlySpan<byte> body)
    {
        if (!connection.IsEstablished && header.Type is not (PacketType.Connack or PacketType.Disconnect or PacketType.Auth))
        {
            return Violation.Forbidden($"{header.Type.ToString().ToUpperInvariant()} came before CONNACK");      // [MQTT-3.2.0-1] [MQTT3-3.2.0-1]
        }

        return header.Type switch
        {
            PacketType.Connack => OnConnack(connection, body),
            PacketType.Publish => OnPublish(connection, header.Flags, body),
            PacketType.Puback => OnPuback(body),
            PacketType.Pubrec => OnPubrec(connection, body),
            PacketType.Pubrel => OnPubrel(connection, body),
            PacketType.Pubcomp => OnPubcomp(body),
            PacketType.Suback => OnSuback(body),
            PacketType.Unsuback => OnUnsuback(body),
            PacketType.Pingresp => OnPingresp(connection, body),
            PacketType.Disconnect when _options.Version == ProtocolVersion.Mqtt5 => OnDisconnect(connection, body),
            PacketType.Auth => OnAuth(body),
            _ => Violation.Of(header.Type, PacketError.WrongDirection),
        };
    }

    private Violation? OnConnack(ClientConnection connection, ReadOnlySpan<byte> body)
    {
        if (connection.IsEstablished)
        {
            return Violation.Forbidden("CONNACK was sent twice");                               // [MQTT-3.2.0-2]
        }

        // A server that does not know 5.0 refuses it in the form of 3.1.1: return code 1 and no properties. [MQTT3-3.1.2-2]
        var version = _options.Version == ProtocolVersion.Mqtt5 && body is [0, (byte)ConnackReturnCode.UnacceptableProtocolVersion]
            ? ProtocolVersion.Mqtt311
            : _options.Version;
        var error = ConnackPacket.TryRead(body, version, out var connack);
        if (error != PacketError.None)
        {
            return Violation.Of(PacketType.Connack, error);
        }

        if (connack.ReasonCode.IsError())
        {
            connection.Refuse(RefusalOf(connack, version));
            return null;
        }

        if (connack.SessionPresent && CleanStart)
        {
            return Violation.Forbidden("CONNACK has Session Present although Clean Start was set");     // [MQTT-3.2.2-4]
        }

        // 3.1 has no Session Present: a session that may last is taken to be there, and a server without it treats what is sent again as new.
        var isResumed = connack.SessionPresent || (_options.Version == ProtocolVersion.Mqtt31 && _mayBeResumed);
        _server = ConnackResults.Read(connack, _options, ClientId);
        ClientId = _server.ClientId;
        _mayBeResumed = _options.Version == ProtocolVersion.Mqtt5 ? _server.SessionExpiry != TimeSpan.Zero : !_options.CleanStart;
        _connection = connection;
        _publishes.BeginConnection(Math.Min(_options.InFlightMax, _server.ReceiveMaximum), isResumed);
        _requests.BeginConnection(connack.SessionPresent);
        _messages.BeginConnection(isResumed);
        connection.Establish(_server);
        return null;
    }

    private static MqttConnectException RefusalOf(in ConnackPacket connack, ProtocolVersion version)
    {
        var words = connack.Properties.StringOrNull(PropertyId.ReasonString) is { } reason ? $" ({reason})" : "";
        return new MqttConnectException(
            connack.ReasonCode,
            $"The server refuses the connection: {ReasonWords.Of((byte)connack.ReasonCode)}{words}.",
            version == ProtocolVersion.Mqtt5 ? null : connack.ReasonCode.ToReturnCode(),
            connack.Properties.StringOrNull(PropertyId.ServerReference));
    }

    private Violation? OnPublish(ClientConnection connection, byte flags, ReadOnlySpan<byte> body)
    {
        var error = PublishPacket.TryRead(flags, body, _options.Version, out var publish);
        if (error == PacketError.None)
        {
            error = _messages.OnPublish(connection.Output, publish);
        }

        return error == PacketError.None ? null : Violation.Of(PacketType.Publish, error);
    }

    private Violation? OnPuback(ReadOnlySpan<byte> body)
    {
        var error = PubackPacket.TryRead(body, _options.Version, out var puback);
        if (error != PacketError.None)
        {
            return Violation.Of(PacketType.Puback, error);
        }

        _publishes.OnPuback(puback.PacketId, MqttPublishResult.Of(puback.ReasonCode, puback.Properties));
        return null;
    }

    private Violation? OnPubrec(ClientConnection connection, ReadOnlySpan<byte> body)
    {
        var error = PubrecPacket.TryRead(body, _options.Version, out var pubrec);
        if (error != PacketError.None)
        {
            return Violation.Of(PacketType.Pubrec, error);
        }

        // The codes of PUBREC have the values and meanings of PUBACK's (5.0 tables 3-4 and 3-5).
        var result = MqttPublishResult.Of((PubackReasonCode)pubrec.ReasonCode, pubrec.Properties);
        _publishes.OnPubrec(connection.Output, pubrec.PacketId, result);
        return null;
    }

    private Violation? OnPubrel(ClientConnection connection, ReadOnlySpan<byte> body)
    {
        var error = PubrelPacket.TryRead(body, _options.Version, out var pubrel);
        if (error != PacketError.None)
        {
            return Violation.Of(PacketType.Pubrel, error);
        }

        _messages.OnPubrel(connection.Output, pubrel.PacketId);
        return null;
    }

    private Violation? OnPubcomp(ReadOnlySpan<byte> body)
    {
        var error = PubcompPacket.TryRead(body, _options.Version, out var pubcomp);
        if (error != PacketError.None)
        {
            return Violation.Of(PacketType.Pubcomp, error);
        }

        _publishes.OnPubcomp(pubcomp.PacketId);
        return null;
    }

    private Violation? OnSuback(ReadOnlySpan<byte> body)
    {
        var error = SubackPacket.TryRead(body, _options.Version, out var suback);
        return error != PacketError.None
            ? Violation.Of(PacketType.Suback, error)
            : OnAnswer(PacketType.Subscribe, suback.PacketId, suback.ReasonCodes, suback.Properties);
    }

    private Violation? OnUnsuback(ReadOnlySpan<byte> body)
    {
        var error = UnsubackPacket.TryRead(body, _options.Version, out var unsuback);
        return error != PacketError.None
            ? Violation.Of(PacketType.Unsuback, error)
            : OnAnswer(PacketType.Unsubscribe, unsuback.PacketId, unsuback.ReasonCodes, unsuback.Properties);
    }

    private Violation? OnAnswer(PacketType requestType, ushort packetId, ReadOnlySpan<byte> reasonCodes, PropertyBlock properties) =>
        _requests.OnAnswer(requestType, packetId, new RequestAnswer(reasonCodes.ToArray(), properties.StringOrNull(PropertyId.ReasonString)));

    private Violation? OnPingresp(ClientConnection connection, ReadOnlySpan<byte> body)
    {
        var error = PingrespPacket.TryRead(body, _options.Version, out _);
        if (error != PacketError.None)
        {
            return Violation.Of(PacketType.Pingresp, error);
        }

        connection.OnPingresp();
        return null;
    }

    private Violation? OnDisconnect(ClientConnection connection, ReadOnlySpan<byte> body)
    {
        var error = DisconnectPacket.TryRead(body, _options.Version, PacketSender.Server, out var disconnect);
        if (error != PacketError.None)
        {
            return Violation.Of(PacketType.Disconnect, error);
        }

        var words = disconnect.Properties.StringOrNull(PropertyId.ReasonString) is { } reason ? $" ({reason})" : "";
        connection.Abort(new ConnectionEnd(
            ConnectionEndKind.ServerDisconnect,
            $"the server disconnected: {ReasonWords.Of((byte)disconnect.ReasonCode)}{words}",
            disconnect.ReasonCode));
        return null;
    }

    private Violation OnAuth(ReadOnlySpan<byte> body)
    {
        var error = AuthPacket.TryRead(body, _options.Version, PacketSender.Server, out _);
        if (error != PacketError.None)
        {
            return Violation.Of(PacketType.Auth, error);
        }

        return _options.AuthenticationMethod is null
            ? Violation.Of(PacketType.Auth, PacketError.AuthenticationNotNegotiated)
            : new Violation(DisconnectReasonCode.ImplementationSpecificError, "AUTH asks for a second step, which this client cannot do");
    }
}
