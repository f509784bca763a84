using Godwit.Broker.Protection;
using Godwit.Broker.Security;
using Godwit.Broker.Sessions;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Delivery;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Handlers;

/// <summary>
/// CONNECT on the shard that owns the client identifier (5.0 §3.1.4): takeover, session, CONNACK. That the packet is well formed and may come
/// in was decided by <see cref="Handshake"/>.
/// </summary>
internal sealed class ConnectHandler(Shard shard)
{
    /// <summary>The largest packet there can be: 5 bytes of fixed header and 2^28 - 1.</summary>
    private const int PacketSizeMax = FixedHeader.SizeMax + (int)VariableByteInteger.MaxValue;

    private BrokerLimits Limits => shard.Core.Limits;

    private BrokerSettings Settings => shard.Core.Settings;

    public void Handle(Connection connection, ReadOnlySpan<byte> connectBytes)
    {
        PacketFramer.TryRead(connectBytes, ProtocolVersion.Mqtt311, int.MaxValue, out _, out var body, out _, out _);
        ConnectPacket.TryRead(body, out var connect);
        ReadDemands(connection, connect);
        var expiryMs = ExpiryOf(connect);
        var properties = new PropertyWriter(stackalloc byte[128]);
        if (connection.IsMqtt5)
        {
            AddCapabilities(ref properties, connection, expiryMs, connect);
        }

        var connack = new ConnackPacket { Properties = properties.Block };
        var refusal = Check(connection, connack, expiryMs);
        if (refusal == ConnackReasonCode.Success)
        {
            Accept(connection, connect, expiryMs, connack);
        }
        else
        {
            Refuse(connection, refusal);
        }

        properties.Dispose();
    }

    /// <summary>What the client asks of this connection.</summary>
    private void ReadDemands(Connection connection, in ConnectPacket connect)
    {
        var properties = connect.Properties;
        connection.Version = connect.Version;
        connection.CleanStart = connect.CleanStart;
        connection.PacketSizeMax = (int)Math.Min(int.MaxValue, properties.NumberOr(PropertyId.MaximumPacketSize, int.MaxValue));
        connection.WantsProblemInformation = properties.NumberOr(PropertyId.RequestProblemInformation, 1) == 1;
        var aliasMaximum = (int)Math.Min(properties.NumberOr(PropertyId.TopicAliasMaximum, 0), (uint)Limits.OutboundTopicAliasMax);
        connection.OutboundAliases = aliasMaximum > 0 ? new OutboundTopicAliases(aliasMaximum) : null;
        connection.IsMounted = connection.Identity is { Listener.MountPoint.Length: > 0 };
        connection.IsEncodedAlone = connection.OutboundAliases is not null || connection.IsMounted;
        connection.AuthenticationMethod = properties.TryGet(PropertyId.AuthenticationMethod, out var method) ? method.Value.ToArray() : null;
        connection.KeepAliveSeconds = KeepAliveOf(connect, connection.Identity);
        connection.HadSessionExpiry = properties.NumberOr(PropertyId.SessionExpiryInterval, 0) != 0;
    }

    /// <summary>Is there room for this client? Asked before an older connection or session of it is touched.</summary>
    private ConnackReasonCode Check(Connection connection, in ConnackPacket connack, long expiryMs)
    {
        if (shard.IsStopping)
        {
            return ConnackReasonCode.ServerUnavailable;
        }

        if (connack.Measure(connection.Version) > connection.PacketSizeMax)
        {
            return ConnackReasonCode.PacketTooLarge;            // [MQTT-3.1.2-24] and nothing in it may be left out
        }

        var core = shard.Core;
        shard.Sessions.TryGetValue(connection.ClientId, out var session);
        var protection = Protect(connection, isNew: session is null);
        if (protection != ConnackReasonCode.Success)
        {
            return protection;
        }

        if (Limits.ConnectionsMax > 0 && session?.Connection is null && core.ConnectedCount >= Limits.ConnectionsMax)
        {
            return ConnackReasonCode.ServerBusy;
        }

        if (session is null && expiryMs > 0 && shard.Durability is { IsFull: true })
        {
            return ConnackReasonCode.QuotaExceeded;             // a session that could not be kept
        }

        if (session?.UserName is { } owner && !string.Equals(owner, connection.UserName, StringComparison.Ordinal))
        {
            return ConnackReasonCode.ClientIdentifierNotValid;  // another principal's session: nobody takes it over
        }

        return Limits.SessionsMax > 0 && session is null && core.SessionCount >= Limits.SessionsMax
            ? ConnackReasonCode.QuotaExceeded
            : ConnackReasonCode.Success;
    }

    /// <summary>What the broker refuses to protect itself; each refusal is counted under its reason.</summary>
    private ConnackReasonCode Protect(Connection connection, bool isNew)
    {
        if (shard.Core.Admission is { } admission)
        {
            var code = admission.Admit(connection, shard.NowMs, out var reason);
            if (reason is { } counted)
            {
                shard.Count(counted);
            }

            if (code != ConnackReasonCode.Success)
            {
                return code;
            }
        }

        if (isNew && !HasUserRoom(connection.UserName))
        {
            return ConnackReasonCode.QuotaExceeded;
        }

        switch (shard.MemoryPressure.Level)
        {
            case OverloadLevel.Critical or OverloadLevel.Full:
                shard.Count(ProtectionReason.MemoryConnect);
                return ConnackReasonCode.ServerUnavailable;

            case OverloadLevel.High when isNew:
                shard.Count(ProtectionReason.MemorySession);
                return ConnackReasonCode.QuotaExceeded;

            default:
                return ConnackReasonCode.Success;
        }
    }

    private bool HasUserRoom(string? userName)
    {
        if (userName is null || shard.Core.Quotas is not { SessionsMax: > 0 } quotas || (shard.Core.Users.Find(userName)?.Sessions ?? 0) < quotas.SessionsMax)
        {
            return true;
        }

        shard.Count(ProtectionReason.UserSessions);
        return quotas.IsReportOnly;
    }

    private void Accept(Connection connection, in ConnectPacket connect, long expiryMs, ConnackPacket connack)
    {
        var wasDurable = shard.Sessions.TryGetValue(connection.ClientId, out var older) && older.No != 0;
        var session = TakeSession(connection.ClientId, connect.CleanStart);
        var isPresent = session is not null;
#if DEFECTS
        isPresent = isPresent && (!Defect.Is("session-present-forgotten") || session!.Subscriptions.Count > 0);
#endif
        if (session is null)
        {
            session = shard.Lifetimes.Create(connection.ClientId, isDurable: expiryMs > 0);      // [MQTT-3.1.2-6]
        }
        else
        {
            shard.Lifetimes.Resume(session);                    // [MQTT-3.1.2-5] [MQTT3-3.1.2-4]
        }

        Attach(connection, session, connect, expiryMs);
        shard.Write(connection, connack with { SessionPresent = isPresent });   // [MQTT-3.2.2-2] [MQTT-3.2.2-3] [MQTT3-3.2.2-2] [MQTT3-3.2.2-3]
        if (session.No != 0)
        {
            shard.Lifetimes.Record(session);
        }

        var isKept = session.No != 0 || session.Will is not null || wasDurable;
        if (shard.Durability is { } durability && (isKept || durability.LastEnd?.IsDurable(durability.Log) == false))
        {
            // Who has been let in has a session and a will that outlive the broker. A session that is discarded must not come back either,
            // nor one that an earlier CONNECT of this client has discarded, whose CONNACK was never sent.
            shard.Withhold(connection, isKept ? durability.LastTicket : durability.LastEnd!);
        }

        shard.Counters.Connects++;
        shard.Core.World.Connected(connection, isPresent);
        shard.Watch(connection);
        shard.Deliveries.Begin(1);
        shard.Deliveries.Pump(connection);                      // [MQTT-4.4.0-1] [MQTT3-4.4.0-1]
    }

    /// <summary>Closes an older connection of this client [MQTT-3.1.4-3] [MQTT3-3.1.4-2] and finds the session that goes on, if any.</summary>
    private Session? TakeSession(string clientId, bool cleanStart)
    {
        if (shard.Sessions.TryGetValue(clientId, out var session) && session.Connection is { } old)
        {
#if DEFECTS
            if (Defect.Is("qos2-lost-at-takeover")) { session.InboundIfAny?.Clear(); }
#endif
            shard.Close(old, CloseReason.TakenOver, DisconnectReasonCode.SessionTakenOver, "another connection uses this client identifier");
        }

        if (!shard.Sessions.TryGetValue(clientId, out session))
        {
            return null;
        }

#if DEFECTS
        cleanStart &= !Defect.Is("clean-start-ignored");
#endif
        if (!cleanStart)
        {
            return session;
        }

        shard.Lifetimes.End(session);                           // [MQTT-3.1.2-4] [MQTT3-3.1.2-6]
        return null;
    }

    private void Refuse(Connection connection, ConnackReasonCode code)
    {
        var bytes = Handshake.EncodeRefusal(connection.Version, code);
        bytes.CopyTo(shard.Reserve(connection, bytes.Length));
        shard.Sent(connection, PacketType.Connack, bytes.Length);
        shard.Core.World.ConnectRefused(connection, code);
        shard.Close(connection, CloseReason.ConnectRefused, DisconnectReasonCode.NormalDisconnection, "");  // [MQTT-3.14.0-1] no DISCONNECT
    }

    private void Attach(Connection connection, Session session, in ConnectPacket connect, long expiryMs)
    {
        var receiveMaximum = (int)connect.Properties.NumberOr(PropertyId.ReceiveMaximum, PacketIds.Count);
#if DEFECTS
        if (Defect.Is("receive-maximum-exceeded")) { receiveMaximum++; }
#endif
        session.ExpiryMs = expiryMs;
        session.Identity = connection.Identity;
        shard.Core.Users.Assign(session, connection.UserName);
        session.IsIdentityPartial = false;
        connection.SendQuotaMax = Math.Min(receiveMaximum, Limits.InFlightMax);             // [MQTT-4.9.0-1]
        session.Connection = connection;
#if DEFECTS
        if (!Defect.Is("repeats-lost") || session.Outbound.InFlightCount == 0)
#endif
        session.OutboundIfAny?.BeginConnection(connection.SendQuotaMax);
        connection.Session = session;
        shard.Lifetimes.SetWill(session, connect.HasWill ? WillOf(connect, connection.Identity) : null);
        shard.Counters.Connected++;                             // End takes it back from whoever has a session
    }

    /// <summary>A 5.0 client is told a shorter Keep Alive [MQTT-3.2.2-21]; others that ask for more have been refused.</summary>
    private int KeepAliveOf(in ConnectPacket connect, Identity? identity)
    {
        var wanted = connect.KeepAliveSeconds;
        var maximum = shard.Core.KeepAliveSecondsMax(identity?.Listener);
        return connect.Version == ProtocolVersion.Mqtt5 && maximum > 0 && (wanted == 0 || wanted > maximum) ? maximum : wanted;
    }

    private long ExpiryOf(in ConnectPacket connect)
    {
        if (connect.Version == ProtocolVersion.Mqtt5)
        {
            return shard.SessionExpiryMs(connect.Properties.NumberOr(PropertyId.SessionExpiryInterval, 0));
        }

        if (connect.CleanStart)
        {
            return 0;                                           // [MQTT3-3.1.2-6]
        }

        return Settings.SessionExpirySeconds3x == 0 ? Session.Never : Settings.SessionExpirySeconds3x * 1000L;
    }

    private static Will WillOf(in ConnectPacket connect, Identity? identity)
    {
        var delay = connect.WillProperties.NumberOr(PropertyId.WillDelayInterval, 0);
        var hasExpiry = connect.WillProperties.TryGet(PropertyId.MessageExpiryInterval, out var expiry);
        return new Will
        {
            Topic = MountPoint.Add(identity, connect.WillTopic).ToArray(),
            Payload = connect.WillPayload.ToArray(),
            Properties = PassThrough.Copy(connect.WillProperties),
            QoS = connect.WillQoS,
            Retain = connect.WillRetain,
#if DEFECTS
            DelayMs = Defect.Is("will-delay-ignored") ? 0 : delay * 1000L,
#else
            DelayMs = delay * 1000L,
#endif
            ExpiryMs = hasExpiry ? expiry.Number * 1000L : Session.Never,
        };
    }

    /// <summary>Tells what differs from what a client assumes when nothing is said (§3.2.2.3).</summary>
    private void AddCapabilities(ref PropertyWriter properties, Connection connection, long expiryMs, in ConnectPacket connect)
    {
        var expiry = expiryMs == Session.Never ? uint.MaxValue : (uint)(expiryMs / 1000);
        if (expiry != connect.Properties.NumberOr(PropertyId.SessionExpiryInterval, 0))
        {
            properties.Add(PropertyId.SessionExpiryInterval, expiry);
        }

        if (Limits.ReceiveMaximum < PacketIds.Count)
        {
            properties.Add(PropertyId.ReceiveMaximum, (uint)Limits.ReceiveMaximum);
        }

        var maximumQoS = shard.Core.MaximumQoSOf(connection);
        if (maximumQoS < QoS.ExactlyOnce)
        {
            properties.Add(PropertyId.MaximumQoS, (uint)maximumQoS);          // [MQTT-3.2.2-9]
        }

        if (!Settings.RetainAvailable)
        {
            properties.Add(PropertyId.RetainAvailable, 0);
        }

        if (Limits.PacketSizeBytesMax < PacketSizeMax)
        {
            properties.Add(PropertyId.MaximumPacketSize, (uint)Limits.PacketSizeBytesMax);
        }

        if (connection.IsClientIdAssigned)
        {
            properties.Add(PropertyId.AssignedClientIdentifier, connection.ClientId);   // [MQTT-3.2.2-16]
        }

        if (Limits.TopicAliasMaximum > 0)
        {
            properties.Add(PropertyId.TopicAliasMaximum, (uint)Limits.TopicAliasMaximum);
        }

        if (connection.KeepAliveSeconds != connect.KeepAliveSeconds)
        {
            properties.Add(PropertyId.ServerKeepAlive, (uint)connection.KeepAliveSeconds);
        }

        if (connection.AuthenticationMethod is { } method)
        {
            properties.Add(PropertyId.AuthenticationMethod, method);                    // [MQTT-4.12.0-5]
        }

        if (connection.AuthenticationData is { } data)
        {
            properties.Add(PropertyId.AuthenticationData, data);
            connection.AuthenticationData = null;
        }
    }
}
