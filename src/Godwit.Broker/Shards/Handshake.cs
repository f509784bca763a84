using System.Text;
using Godwit.Broker.Sessions;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Shards;

/// <summary>
/// Judges the first bytes of a connection: is there a whole CONNECT, may it come in, and which shard owns it (5.0 §3.1.4). Holds no state:
/// listeners call it from any thread with all bytes they have so far.
/// </summary>
public sealed class Handshake
{
    /// <summary>A CONNACK of 5.0 without properties.</summary>
    private const int SmallestConnackBytes = 5;

    private readonly BrokerCore _core;

    internal Handshake(BrokerCore core) => _core = core;

    private BrokerLimits Limits => _core.Limits;

    /// <summary>Looks at the bytes received so far.</summary>
    /// <param name="input">From the first byte of the connection on; may hold packets behind CONNECT.</param>
    public HandshakeResult TryRead(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return default;
        }

        var type = (PacketType)(input[0] >> 4);
        if (type != PacketType.Connect)
        {
            return Close(type, PacketError.FirstPacketNotConnect);          // [MQTT-3.1.0-1] [MQTT3-3.1.0-1]
        }

        // The version stands in the body, so the header is read with 3.x's rules and 5.0's stricter one is checked below.
        var status = PacketFramer.TryRead(input, ProtocolVersion.Mqtt311, Limits.ConnectSizeBytesMax, out _, out var body, out var size, out var error);
        if (status != FrameStatus.Complete)
        {
            return status == FrameStatus.Incomplete ? default : Close(type, error);
        }

        error = ConnectPacket.TryRead(body, out var connect);
        if (error != PacketError.None)
        {
            return RefuseMalformed(body, connect, error);
        }

        if (connect.Version == ProtocolVersion.Mqtt5 && size - body.Length - 1 > VariableByteInteger.Measure((uint)body.Length))
        {
            return Refuse(connect.Version, ConnackReasonCode.MalformedPacket, PacketError.VariableByteIntegerNotMinimal);   // [MQTT-1.5.5-1]
        }

        if (connect.Properties.NumberOr(PropertyId.MaximumPacketSize, uint.MaxValue) < SmallestConnackBytes)
        {
            return Close(type, PacketError.PacketTooLarge);                 // [MQTT-3.1.2-24] no answer would fit
        }

        var (code, reason) = Check(connect);
        if (code != ConnackReasonCode.Success)
        {
            return Refuse(connect.Version, code, reason);
        }

        var clientId = connect.ClientId.IsEmpty ? _core.World.NewClientId() : Encoding.UTF8.GetString(connect.ClientId);
        return new HandshakeResult
        {
            Status = HandshakeStatus.Accepted,
            ConnectSize = size,
            ClientId = clientId,
            ClientIdAssigned = connect.ClientId.IsEmpty,
            ShardIndex = _core.ShardOf(clientId),
        };
    }

    /// <summary>CONNACK that refuses, in the form of a version. Session Present is 0. [MQTT-3.2.2-6] [MQTT3-3.2.2-4]</summary>
    internal static byte[] EncodeRefusal(ProtocolVersion version, ConnackReasonCode code)
    {
        var connack = new ConnackPacket { ReasonCode = code };
        var bytes = new byte[connack.Measure(version)];
        connack.Write(bytes, version);
        return bytes;
    }

    private static HandshakeResult Close(PacketType type, PacketError error) => new()
    {
        Status = HandshakeStatus.Refused,
        Type = type,
        Error = error,
        ReasonCode = error.ConnackReasonCode(),
    };

    private static HandshakeResult Refuse(ProtocolVersion version, ConnackReasonCode code, PacketError error) => new()
    {
        Status = HandshakeStatus.Refused,
        Type = PacketType.Connect,
        Error = error,
        ReasonCode = code,
        Answer = EncodeRefusal(version, code),
    };

    /// <summary>
    /// A CONNECT that cannot be read: 5.0 is told the reason [MQTT-3.1.4-1]; 3.x is closed without an answer [MQTT3-3.1.4-1], except
    /// for a level it may fall back from [MQTT3-3.1.2-2].
    /// </summary>
    private static HandshakeResult RefuseMalformed(ReadOnlySpan<byte> body, in ConnectPacket connect, PacketError error)
    {
        if (error == PacketError.ProtocolVersionUnsupported)
        {
            // A level above 5 is a client of the future, which reads 5.0's form; anything else can only read 3.x's.
            var isFuture = connect.ProtocolLevel > 5 && body.StartsWith("\0\u0004MQTT"u8);
            var version = isFuture ? ProtocolVersion.Mqtt5 : ProtocolVersion.Mqtt311;
            return Refuse(version, ConnackReasonCode.UnsupportedProtocolVersion, error);
        }

        return body.StartsWith("\0\u0004MQTT\u0005"u8)
            ? Refuse(ProtocolVersion.Mqtt5, error.ConnackReasonCode(), error)
            : Close(PacketType.Connect, error);
    }

    private (ConnackReasonCode Code, PacketError Error) Check(in ConnectPacket connect)
    {
        if (!IsClientIdAcceptable(connect))
        {
            return (ConnackReasonCode.ClientIdentifierNotValid, PacketError.ClientIdInvalid);
        }

        if (connect.Properties.TryGet(PropertyId.AuthenticationMethod, out _))
        {
            return (ConnackReasonCode.BadAuthenticationMethod, PacketError.None);       // [MQTT-4.12.0-1] none is supported
        }

        if (connect.Properties.CountOf(PropertyId.UserProperty) + connect.WillProperties.CountOf(PropertyId.UserProperty) > Limits.UserPropertiesMax)
        {
            return (ConnackReasonCode.QuotaExceeded, PacketError.TooManyUserProperties);
        }

        if (connect.HasWill)
        {
            var refused = CheckWill(connect);
            if (refused.Code != ConnackReasonCode.Success)
            {
                return refused;
            }
        }

        return (_core.Access.Connect(connect), PacketError.None);
    }

    /// <summary>
    /// An empty identifier: never in 3.1, only with Clean Session in 3.1.1 [MQTT3-3.1.3-7] [MQTT3-3.1.3-8], always in 5.0 [MQTT-3.1.3-6].
    /// 3.1's limit of 23 characters is not enforced: every broker in use accepts more.
    /// </summary>
    private bool IsClientIdAcceptable(in ConnectPacket connect)
    {
        if (!connect.ClientId.IsEmpty)
        {
            return connect.ClientId.Length <= Limits.ClientIdBytesMax;
        }

        return connect.Version switch
        {
            ProtocolVersion.Mqtt5 => true,
            ProtocolVersion.Mqtt311 => connect.CleanStart,
            _ => false,
        };
    }

    private (ConnackReasonCode Code, PacketError Error) CheckWill(in ConnectPacket connect)
    {
        if (connect.WillQoS > _core.Settings.MaximumQoS)
        {
            return (ConnackReasonCode.QoSNotSupported, PacketError.QoSNotSupported);            // [MQTT-3.2.2-12]
        }

        if (connect.WillRetain && !_core.Settings.RetainAvailable)
        {
            return (ConnackReasonCode.RetainNotSupported, PacketError.RetainNotSupported);      // [MQTT-3.2.2-13]
        }

        if (Publications.IsReserved(connect.WillTopic))
        {
            return (ConnackReasonCode.TopicNameInvalid, PacketError.None);                      // nobody would ever see it
        }

        return _core.IsTopicWithinLimits(connect.WillTopic)
            ? (ConnackReasonCode.Success, PacketError.None)
            : (ConnackReasonCode.TopicNameInvalid, PacketError.TopicNameRefused);
    }
}
