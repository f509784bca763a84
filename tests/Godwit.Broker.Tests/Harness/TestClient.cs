using System.Text;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Harness;

/// <summary>One client of the harness. Its transport takes everything at once, unless <see cref="RoomBytes"/> says otherwise.</summary>
public sealed class TestClient : IConnectionTransport
{
    private readonly BrokerHarness _broker;
    private readonly List<byte> _handshakeInput = [];
    private readonly List<byte> _stream = [];
    private readonly List<byte> _unread = [];
    private readonly List<ReceivedPacket> _received = [];
    private Connection? _connection;
    private int _shard;
    private ushort _lastPacketId;

    public TestClient(BrokerHarness broker) => _broker = broker;

    public ProtocolVersion Version { get; set; } = ProtocolVersion.Mqtt5;

    /// <summary>The CONNACK that accepted this client.</summary>
    public ReceivedPacket? Connack { get; set; }

    /// <summary>The broker has closed the connection.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Bytes the transport still takes; set it to make the client slow, then <see cref="TakeMore"/>.</summary>
    public int RoomBytes { get; set; } = int.MaxValue;

    /// <summary>The broker's view of it, once CONNECT was complete and not refused.</summary>
    public Connection Connection => _connection!;

    /// <summary>The shard that owns it.</summary>
    public int ShardIndex => _shard;

    /// <summary>Number of Send calls, to count flushes.</summary>
    public int SendCount { get; private set; }

    /// <summary>All bytes received and not yet looked at.</summary>
    public byte[] TakeStream()
    {
        var bytes = _stream.ToArray();
        _stream.Clear();
        return bytes;
    }

    int IConnectionTransport.Send(ReadOnlySpan<byte> bytes)
    {
        Assert.False(IsClosed, "Nothing is sent after Close.");
        var taken = Math.Min(bytes.Length, RoomBytes);
        RoomBytes -= RoomBytes == int.MaxValue ? 0 : taken;
        _stream.AddRange(bytes[..taken]);
        SendCount++;
        _broker.SendOrder.Add(this);
        return taken;
    }

    void IConnectionTransport.Close()
    {
        IsClosed = true;
        _broker.SendOrder.Add(this);
    }

    /// <summary>Sends CONNECT without looking at the answer.</summary>
    public void Connect(string clientId, ProtocolVersion version, bool cleanStart, ushort keepAlive, TestWill? will, TestProperties? properties, string? userName, string? password = null)
    {
        Version = version;
        var connect = new ConnectPacket
        {
            Version = version,
            CleanStart = cleanStart,
            KeepAliveSeconds = keepAlive,
            ClientId = Encoding.UTF8.GetBytes(clientId),
            Properties = PropertyBlock.FromTrusted(properties?.Bytes ?? []),
            HasWill = will is not null,
            WillTopic = Encoding.UTF8.GetBytes(will?.Topic ?? ""),
            WillPayload = Encoding.UTF8.GetBytes(will?.Payload ?? ""),
            WillQoS = will?.QoS ?? QoS.AtMostOnce,
            WillRetain = will?.Retain ?? false,
            WillProperties = PropertyBlock.FromTrusted(will?.Properties?.Bytes ?? []),
            HasUserName = userName is not null,
            UserName = Encoding.UTF8.GetBytes(userName ?? ""),
            HasPassword = password is not null,
            Password = Encoding.UTF8.GetBytes(password ?? ""),
        };
        var bytes = new byte[connect.Measure()];
        connect.Write(bytes);
        SendBytes(bytes);
    }

    /// <summary>Sends raw bytes and lets the broker come to rest.</summary>
    public void SendBytes(ReadOnlySpan<byte> bytes)
    {
        if (_connection is null)
        {
            Handshake(bytes);
        }
        else
        {
            _unread.AddRange(bytes);
            LetBrokerRead();
        }
    }

    /// <summary>Bytes of a transport that has not noticed the close yet.</summary>
    public void SendBytesDespiteClose(byte[] bytes) => _broker.OnShard(_shard, shard => shard.Received(_connection!, bytes));

    /// <summary>Sends one packet.</summary>
    public void Send<TPacket>(TPacket packet)
        where TPacket : IPacket, allows ref struct
    {
        var bytes = new byte[packet.Measure(Version)];
        packet.Write(bytes, Version);
        SendBytes(bytes);
    }

    /// <summary>Sends SUBSCRIBE for one filter and expects that it is granted.</summary>
    public TestClient Subscribe(
        string filter,
        QoS qos = QoS.AtMostOnce,
        bool noLocal = false,
        bool retainAsPublished = false,
        RetainHandling retainHandling = default,
        TestProperties? properties = null)
    {
        var suback = SubscribeRaw([(filter, new SubscriptionOptions(qos, noLocal, retainAsPublished, retainHandling).ToByte())], properties);
        Assert.True(suback.Codes[0] <= 2, $"{filter} was refused with 0x{suback.Codes[0]:X2}.");
        return this;
    }

    /// <summary>Sends SUBSCRIBE with raw options bytes and returns the SUBACK.</summary>
    public ReceivedPacket SubscribeRaw((string Filter, byte Options)[] filters, TestProperties? properties = null)
    {
        SendSubscribe(filters, properties);
        return Receives(PacketType.Suback);
    }

    /// <summary>Sends SUBSCRIBE with raw options bytes.</summary>
    public void SendSubscribe((string Filter, byte Options)[] filters, TestProperties? properties = null)
    {
        var bytes = new List<byte>();
        foreach (var (filter, options) in filters)
        {
            AddText(bytes, filter);
            bytes.Add(options);
        }

        Send(new SubscribePacket { PacketId = NextPacketId(), FilterBytes = bytes.ToArray(), Properties = PropertyBlock.FromTrusted(properties?.Bytes ?? []) });
    }

    /// <summary>Sends UNSUBSCRIBE and returns the UNSUBACK.</summary>
    public ReceivedPacket Unsubscribe(params string[] filters)
    {
        var bytes = new List<byte>();
        foreach (var filter in filters)
        {
            AddText(bytes, filter);
        }

        Send(new UnsubscribePacket { PacketId = NextPacketId(), FilterBytes = bytes.ToArray() });
        return Receives(PacketType.Unsuback);
    }

    /// <summary>Sends PUBLISH; QoS 1 and 2 take the next packet id unless one is given. Answers are left in the queue of received packets.</summary>
    /// <returns>The packet id used, 0 with QoS 0.</returns>
    public ushort Publish(string topic, string payload, QoS qos = QoS.AtMostOnce, bool retain = false, bool dup = false, ushort packetId = 0, TestProperties? properties = null)
    {
        if (qos != QoS.AtMostOnce && packetId == 0)
        {
            packetId = NextPacketId();
        }

        Send(new PublishPacket
        {
            Topic = Encoding.UTF8.GetBytes(topic),
            Payload = Encoding.UTF8.GetBytes(payload),
            QoS = qos,
            Retain = retain,
            Dup = dup,
            PacketId = packetId,
            Properties = PropertyBlock.FromTrusted(properties?.Bytes ?? []),
        });
        return packetId;
    }

    /// <summary>Publishes and goes through the whole acknowledgement.</summary>
    public TestClient PublishAcknowledged(string topic, string payload, QoS qos, bool retain = false, TestProperties? properties = null)
    {
        var packetId = Publish(topic, payload, qos, retain, properties: properties);
        if (qos == QoS.AtLeastOnce)
        {
            Assert.Equal(packetId, Receives(PacketType.Puback).PacketId);
        }
        else if (qos == QoS.ExactlyOnce)
        {
            Assert.Equal(packetId, Receives(PacketType.Pubrec).PacketId);
            Send(new PubrelPacket { PacketId = packetId });
            Assert.Equal(packetId, Receives(PacketType.Pubcomp).PacketId);
        }

        return this;
    }

    public void Puback(ushort packetId, PubackReasonCode code = PubackReasonCode.Success) => Send(new PubackPacket { PacketId = packetId, ReasonCode = code });

    public void Pubrec(ushort packetId, PubrecReasonCode code = PubrecReasonCode.Success) => Send(new PubrecPacket { PacketId = packetId, ReasonCode = code });

    public void Pubrel(ushort packetId) => Send(new PubrelPacket { PacketId = packetId });

    public void Pubcomp(ushort packetId) => Send(new PubcompPacket { PacketId = packetId });

    public void Disconnect(DisconnectReasonCode code = DisconnectReasonCode.NormalDisconnection, TestProperties? properties = null) =>
        Send(new DisconnectPacket { ReasonCode = code, Properties = PropertyBlock.FromTrusted(properties?.Bytes ?? []) });

    /// <summary>The connection breaks without DISCONNECT.</summary>
    public void DropConnection()
    {
        if (_connection is not null && !IsClosed)
        {
            IsClosed = true;
            _broker.OnShard(_shard, shard => shard.Lost(_connection));
        }
    }

    /// <summary>The slow client reads on: its transport has room again.</summary>
    public void TakeMore(int bytes = int.MaxValue)
    {
        RoomBytes = bytes;
        _broker.OnShard(_shard, shard => shard.Writable(_connection!));
        LetBrokerRead();
    }

    /// <summary>The transport looks again whether the broker wants input.</summary>
    public void ReadOn() => LetBrokerRead();

    /// <summary>Bytes that the client has sent and the broker has not read yet, because it does not want input now.</summary>
    public int UnreadBytes => _unread.Count;

    /// <summary>The next packet, which must be of this type.</summary>
    public ReceivedPacket Receives(PacketType type)
    {
        Decode();
        Assert.True(_received.Count > 0, $"Expected {type}, received nothing{(IsClosed ? " (closed)" : "")}.");
        var packet = _received[0];
        Assert.Equal(type, packet.Type);
        _received.RemoveAt(0);
        return packet;
    }

    public ReceivedPacket ReceivesPublish() => Receives(PacketType.Publish);

    /// <summary>The next PUBLISH and one other packet, in any order.</summary>
    public ReceivedPacket ReceivesPublishAmong(PacketType other)
    {
        var publishes = ReceivesAllPublishes();
        Receives(other);
        return Assert.Single(publishes);
    }

    /// <summary>The types of the next packets, which are taken.</summary>
    public List<PacketType> ReceivesTypes(int count)
    {
        Decode();
        var types = _received.Take(count).Select(packet => packet.Type).ToList();
        _received.RemoveRange(0, types.Count);
        return types;
    }

    /// <summary>All PUBLISH packets that wait, in order; other packets stay.</summary>
    public List<ReceivedPacket> ReceivesAllPublishes() => ReceivesAll(PacketType.Publish);

    /// <summary>All packets of this type that wait, in order; others stay.</summary>
    public List<ReceivedPacket> ReceivesAll(PacketType type)
    {
        Decode();
        var found = _received.FindAll(packet => packet.Type == type);
        _received.RemoveAll(packet => packet.Type == type);
        return found;
    }

    /// <summary>All packets that wait, in order.</summary>
    public List<ReceivedPacket> ReceivesAll()
    {
        Decode();
        var found = _received.ToList();
        _received.Clear();
        return found;
    }

    /// <summary>Nothing has come that was not looked at.</summary>
    public void ReceivesNothing()
    {
        Decode();
        Assert.True(_received.Count == 0, $"Expected nothing, received {string.Join(", ", _received.Select(packet => packet.Type))}.");
    }

    /// <summary>The broker has closed the connection; a 5.0 client was told this code first.</summary>
    public void IsClosedWith(DisconnectReasonCode code)
    {
        if (Version == ProtocolVersion.Mqtt5)
        {
            Assert.Equal((int)code, Receives(PacketType.Disconnect).ReasonCode);
        }

        ReceivesNothing();
        Assert.True(IsClosed, "The connection is still open.");
    }

    public ushort NextPacketId() => ++_lastPacketId;

    private static void AddText(List<byte> bytes, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        bytes.Add((byte)(utf8.Length >> 8));
        bytes.Add((byte)utf8.Length);
        bytes.AddRange(utf8);
    }

    private void Handshake(ReadOnlySpan<byte> bytes)
    {
        _handshakeInput.AddRange(bytes);
        var input = _handshakeInput.ToArray();
        var result = _broker.Core.Handshake.TryRead(input, _broker.Rules);
        if (result.Status == HandshakeStatus.Incomplete)
        {
            return;
        }

        if (result.Status == HandshakeStatus.Refused)
        {
            _stream.AddRange(result.Answer.Span);
            _broker.Events.Add($"handshake {result.Type} {result.Error} {result.ReasonCode}");
            IsClosed = true;
            return;
        }

        var connect = input[..result.ConnectSize];
        var identity = IdentityOf(connect, result.ClientId);
        var code = _broker.Core.Handshake.Authorize(connect, result.ClientId, identity, out var refusal);
        if (code != ConnackReasonCode.Success)
        {
            _stream.AddRange(refusal.Span);
            _broker.Events.Add($"handshake Connect None {code}");
            IsClosed = true;
            return;
        }

        _shard = result.ShardIndex;
        _connection = new Connection(_broker.NextConnectionId(), this, "test", connect, result) { Identity = identity };
        _broker.Core.Post(_shard, new ConnectionOpened(_connection, input[result.ConnectSize..], null));
        _broker.Run();
    }

    private Identity? IdentityOf(byte[] connectBytes, string clientId)
    {
        PacketFramer.TryRead(connectBytes, ProtocolVersion.Mqtt311, int.MaxValue, out _, out var body, out _, out _);
        ConnectPacket.TryRead(body, out var connect);
        return _broker.Authenticate(clientId, connect.HasUserName ? Encoding.UTF8.GetString(connect.UserName) : null);
    }

    /// <summary>Reads as a transport does: 64 KB a turn, and only while input is wanted.</summary>
    private void LetBrokerRead()
    {
        while (_unread.Count > 0 && !IsClosed && _connection!.WantsInput)
        {
            var piece = _unread.GetRange(0, Math.Min(_unread.Count, 64 * 1024)).ToArray();
            _unread.RemoveRange(0, piece.Length);
            _broker.OnShard(_shard, shard => shard.Received(_connection, piece));
        }
    }

    private void Decode()
    {
        if (_stream.Count > 0)
        {
            ReceivedPacket.TakeAll(_stream, Version, _received);
        }
    }
}
