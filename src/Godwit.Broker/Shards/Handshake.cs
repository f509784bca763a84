using System.Text;
using Godwit.Broker.Security;
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
    /// <param name="rules">What the listener says about its clients; null: nothing.</param>
    public HandshakeResult TryRead(ReadOnlySpan<byte> input, ListenerRules? rules = null)
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

        var (code, reason) = Check(connect, rules);
        if (code != ConnackReasonCode.Success)
        {
            return Refuse(connect.Version, code, reason);
        }

        var clientId = connect.ClientId.IsEmpty ? NewClientId(rules) : Encoding.UTF8.GetString(connect.ClientId);
        return new HandshakeResult
        {
            Status = HandshakeStatus.Accepted,
            ConnectSize = size,
            ClientId = clientId,
            ClientIdAssigned = connect.ClientId.IsEmpty,
            ShardIndex = _core.ShardOf(clientId),
        };
    }

    private string NewClientId(ListenerRules? rules) => _core.World.NewClientId(rules?.AssignedClientIdPrefix ?? _core.Settings.AssignedClientIdPrefix);

    /// <summary>
    /// Judges what can only be judged when it is known who the client is: the right to publish its will, on the topic that its listener makes of it.
    /// For after authentication and before the connection is posted; any thread.
    /// </summary>
    /// <param name="connect">The whole CONNECT packet, which <see cref="TryRead"/> has accepted.</param>
    /// <param name="clientId">The client identifier, as sent or assigned.</param>
    /// <param name="identity">What authentication has found; null: nothing.</param>
    /// <param name="refusal">Bytes to send before closing; empty with Success.</param>
    /// <param name="answer">To <see cref="WillQuestion"/>, when there was one.</param>
    /// <returns>Success, or the reason in 5.0's terms.</returns>
    public ConnackReasonCode Authorize(
        ReadOnlySpan<byte> connect, string clientId, Identity? identity, out ReadOnlyMemory<byte> refusal, AccessAnswer answer = AccessAnswer.Undecided)
    {
        refusal = default;
        var packet = Read(connect);
        if (!packet.HasWill || MayPublishWill(packet, new Subject(clientId, identity), answer))
        {
            return ConnackReasonCode.Success;
        }

        refusal = EncodeRefusal(packet.Version, ConnackReasonCode.NotAuthorized);
        return ConnackReasonCode.NotAuthorized;
    }

    /// <summary>What somebody has to be asked about before <see cref="Authorize"/>: the right to publish the will. Null: nothing.</summary>
    /// <param name="connect">As for <see cref="Authorize"/>.</param>
    /// <param name="clientId">The client identifier, as sent or assigned.</param>
    /// <param name="identity">What authentication has found; null: nothing.</param>
    /// <param name="isCleanStart">Whether the session that it had, if any, ends.</param>
    public AccessQuestion? WillQuestion(ReadOnlySpan<byte> connect, string clientId, Identity? identity, out bool isCleanStart)
    {
        var packet = Read(connect);
        isCleanStart = packet.CleanStart;
        var who = new Subject(clientId, identity);
        if (!packet.HasWill)
        {
            return null;
        }

        var topic = MountPoint.Add(identity, packet.WillTopic);
        return _core.Access.IsUndecided(who, AccessAction.Publish, topic, packet.WillQoS, packet.WillRetain)
            ? new AccessQuestion(AccessAction.Publish, topic.ToArray(), packet.WillQoS, packet.WillRetain)
            : null;
    }

    private bool MayPublishWill(in ConnectPacket connect, in Subject who, AccessAnswer answer)
    {
        var topic = MountPoint.Add(who.Identity, connect.WillTopic);
        return _core.Access.MayPublish(who, topic, connect.WillQoS, connect.WillRetain)
            || (answer == AccessAnswer.Allowed && _core.Access.IsUndecided(who, AccessAction.Publish, topic, connect.WillQoS, connect.WillRetain));
    }

    private static ConnectPacket Read(ReadOnlySpan<byte> connect)
    {
        PacketFramer.TryRead(connect, ProtocolVersion.Mqtt311, int.MaxValue, out _, out var body, out _, out _);
        ConnectPacket.TryRead(body, out var packet);
        return packet;
    }

    /// <summary>CONNACK that refuses, in the form of a version. Session Present is 0. [MQTT-3.2.2-6] [MQTT3-3.2.2-4]</summary>
    public static byte[] EncodeRefusal(ProtocolVersion version, ConnackReasonCode code)
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

    private (ConnackReasonCode Code, PacketError Error) Check(in ConnectPacket connect, ListenerRules? rules)
    {
        if (rules is { Versions.Count: > 0 } && !rules.Versions.Contains(connect.Version))
        {
            return (ConnackReasonCode.UnsupportedProtocolVersion, PacketError.None);
        }

        if (!IsClientIdAcceptable(connect, rules))
        {
            return (ConnackReasonCode.ClientIdentifierNotValid, PacketError.ClientIdInvalid);
        }

        if (connect.Properties.TryGet(PropertyId.AuthenticationMethod, out var method) && !IsSupported(method.Value, rules))
        {
            return (ConnackReasonCode.BadAuthenticationMethod, PacketError.None);       // [MQTT-4.12.0-1]
        }

        if (!IsKeepAliveAcceptable(connect, rules))
        {
            return (ConnackReasonCode.ClientIdentifierNotValid, PacketError.None);
        }

        if (connect.Properties.CountOf(PropertyId.UserProperty) + connect.WillProperties.CountOf(PropertyId.UserProperty) > Limits.UserPropertiesMax)
        {
            return (ConnackReasonCode.QuotaExceeded, PacketError.TooManyUserProperties);
        }

        if (connect.HasWill)
        {
            var refused = CheckWill(connect, rules);
            if (refused.Code != ConnackReasonCode.Success)
            {
                return refused;
            }
        }

        return (_core.Access.Connect(connect), PacketError.None);
    }

    /// <summary>
    /// An empty identifier: never in 3.1, only with Clean Session in 3.1.1 [MQTT3-3.1.3-7] [MQTT3-3.1.3-8], always in 5.0 [MQTT-3.1.3-6]; nowhere
    /// when the administrator wants to know clients by their names [MQTT-3.1.3-8].
    /// 3.1's limit of 23 characters is not enforced: every broker in use accepts more.
    /// </summary>
    private bool IsClientIdAcceptable(in ConnectPacket connect, ListenerRules? rules)
    {
        if (!connect.ClientId.IsEmpty)
        {
            return connect.ClientId.Length <= Limits.ClientIdBytesMax;
        }

        var isAllowed = rules?.AllowEmptyClientId ?? _core.Settings.AllowEmptyClientId;
        return connect.Version switch
        {
            ProtocolVersion.Mqtt5 => isAllowed,
            ProtocolVersion.Mqtt311 => isAllowed && connect.CleanStart,
            _ => false,
        };
    }

    /// <summary>A 5.0 client can be told a shorter Keep Alive. Others cannot, and get the code that Mosquitto's max_keepalive gives them.</summary>
    private bool IsKeepAliveAcceptable(in ConnectPacket connect, ListenerRules? rules)
    {
        var maximum = _core.KeepAliveSecondsMax(rules);
        return connect.Version == ProtocolVersion.Mqtt5 || maximum == 0 || (connect.KeepAliveSeconds > 0 && connect.KeepAliveSeconds <= maximum);
    }

    private static bool IsSupported(ReadOnlySpan<byte> method, ListenerRules? rules)
    {
        foreach (var supported in rules?.AuthenticationMethods ?? [])
        {
            if (method.SequenceEqual(Encoding.UTF8.GetBytes(supported)))
            {
                return true;
            }
        }

        return false;
    }

    private (ConnackReasonCode Code, PacketError Error) CheckWill(in ConnectPacket connect, ListenerRules? rules)
    {
        if (connect.WillQoS > _core.Settings.MaximumQoS || connect.WillQoS > rules?.MaximumQoS)
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

        return _core.IsTopicWithinLimits(connect.WillTopic, rules?.MountPoint?.Length ?? 0)
            ? (ConnackReasonCode.Success, PacketError.None)
            : (ConnackReasonCode.TopicNameInvalid, PacketError.TopicNameRefused);
    }
}
