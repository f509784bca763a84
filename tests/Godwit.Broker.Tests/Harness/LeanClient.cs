using System.Text;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests.Harness;

/// <summary>A client that plays its part of every exchange and counts the messages it gets, without allocating.</summary>
internal sealed class LeanClient : IConnectionTransport
{
    private readonly LeanBroker _broker;
    private readonly Connection _connection;
    private readonly ProtocolVersion _version;
    private readonly byte[] _output = new byte[1024 * 1024];
    private byte[] _publish = [];
    private int _packetIdAt;
    private int _outputSize;
    private ushort _packetId;

    public LeanClient(LeanBroker broker, Shard shard, string clientId, ProtocolVersion version)
    {
        _broker = broker;
        Shard = shard;
        _version = version;
        var connect = new ConnectPacket { Version = version, CleanStart = true, ClientId = Encoding.UTF8.GetBytes(clientId) };
        var bytes = new byte[connect.Measure()];
        connect.Write(bytes);
        _connection = new Connection(1, this, "lean", bytes, broker.Core.Handshake.TryRead(bytes));
        broker.Core.Post(shard.Index, new ConnectionOpened(_connection, [], null));
        broker.Turn();
    }

    public Shard Shard { get; }

    public void Subscribe(string filter, QoS qos, uint identifier = 0)
    {
        var entry = new byte[2 + filter.Length + 1];
        entry[1] = (byte)filter.Length;
        Encoding.UTF8.GetBytes(filter, entry.AsSpan(2));
        entry[^1] = (byte)qos;
        var properties = new TestProperties();
        if (identifier > 0)
        {
            properties.Add(PropertyId.SubscriptionIdentifier, identifier);
        }

        var subscribe = new SubscribePacket { PacketId = 1, FilterBytes = entry, Properties = PropertyBlock.FromTrusted(properties.Bytes) };
        _outputSize += subscribe.Write(_output.AsSpan(_outputSize), _version);
    }

    /// <summary>Prepares the PUBLISH that <see cref="Publish"/> sends.</summary>
    public void Prepare(string topic, QoS qos, int payloadSize = 20, TestProperties? properties = null)
    {
        var publish = new PublishPacket
        {
            Topic = Encoding.UTF8.GetBytes(topic),
            QoS = qos,
            PacketId = (ushort)(qos == QoS.AtMostOnce ? 0 : 1),
            Payload = new byte[payloadSize],
            Properties = PropertyBlock.FromTrusted(properties?.Bytes ?? []),
        };
        _publish = new byte[publish.Measure(_version)];
        publish.Write(_publish, _version);
        _packetIdAt = qos == QoS.AtMostOnce ? 0 : HeaderSize(_publish) + 2 + topic.Length;
    }

    public void Publish()
    {
        if (_packetIdAt > 0)
        {
            _packetId = (ushort)((_packetId % 1000) + 1);
            _publish[_packetIdAt] = (byte)(_packetId >> 8);
            _publish[_packetIdAt + 1] = (byte)_packetId;
        }

        _publish.CopyTo(_output, _outputSize);
        _outputSize += _publish.Length;
    }

    /// <summary>Gives the shard all that waits.</summary>
    public void HandIn()
    {
        if (_outputSize > 0)
        {
            var size = _outputSize;
            _outputSize = 0;
            Shard.Received(_connection, _output.AsSpan(0, size));
        }
    }

    int IConnectionTransport.Send(ReadOnlySpan<byte> bytes)
    {
        var taken = bytes.Length;
        while (!bytes.IsEmpty)
        {
            var header = HeaderSize(bytes);
            var size = header + RemainingLength(bytes);
            Take((PacketType)(bytes[0] >> 4), (bytes[0] >> 1) & 3, bytes[header..size]);
            bytes = bytes[size..];
        }

        return taken;
    }

    void IConnectionTransport.Close()
    {
    }

    private void Take(PacketType type, int qos, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case PacketType.Publish:
                _broker.ReceivedCount++;
                if (qos > 0)
                {
                    var idAt = 2 + ((body[0] << 8) | body[1]);
                    Answer(qos == 1 ? PacketType.Puback : PacketType.Pubrec, body[idAt..]);
                }

                break;

            case PacketType.Pubrec:
                Answer(PacketType.Pubrel, body);
                break;

            case PacketType.Pubrel:
                Answer(PacketType.Pubcomp, body);
                break;
        }
    }

    private void Answer(PacketType type, ReadOnlySpan<byte> packetId)
    {
        _output[_outputSize++] = (byte)(((int)type << 4) | (type == PacketType.Pubrel ? 2 : 0));
        _output[_outputSize++] = 2;
        _output[_outputSize++] = packetId[0];
        _output[_outputSize++] = packetId[1];
    }

    private static int HeaderSize(ReadOnlySpan<byte> packet)
    {
        var size = 2;
        while (packet[size - 1] >= 0x80)
        {
            size++;
        }

        return size;
    }

    private static int RemainingLength(ReadOnlySpan<byte> packet)
    {
        var length = 0;
        for (var i = 1; i < HeaderSize(packet); i++)
        {
            length |= (packet[i] & 0x7F) << (7 * (i - 1));
        }

        return length;
    }
}
