using System.Text;
using BenchmarkDotNet.Attributes;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Micro.Operations;

/// <summary>From bytes to a packet: framing, then every check of the packet.</summary>
public class ParseOperations
{
    private const int PacketSizeMax = 1 << 20;

    private byte[] _publish311 = [];
    private byte[] _publish5 = [];
    private byte[] _publishLarge = [];
    private byte[] _puback = [];
    private byte[] _subscribe = [];
    private byte[] _connect = [];

    [GlobalSetup]
    public void Setup()
    {
        var properties = new TestProperties().Add(PropertyId.MessageExpiryInterval, 3600).Add(PropertyId.ContentType, "application/json").AddUser("line", "7");
        _publish311 = Bytes(new PublishPacket { Topic = "plant/7/temperature"u8, Payload = new byte[16] }, ProtocolVersion.Mqtt311);
        _publish5 = Bytes(
            new PublishPacket { Topic = "plant/7/temperature"u8, QoS = QoS.AtLeastOnce, PacketId = 7, Properties = PropertyBlock.FromTrusted(properties.Bytes), Payload = new byte[16] },
            ProtocolVersion.Mqtt5);
        _publishLarge = Bytes(new PublishPacket { Topic = "plant/7/camera"u8, Payload = new byte[64 * 1024] }, ProtocolVersion.Mqtt311);
        _puback = Bytes(new PubackPacket { PacketId = 7 }, ProtocolVersion.Mqtt5);
        var connect = new ConnectPacket { Version = ProtocolVersion.Mqtt5, CleanStart = true, ClientId = "sensor-7"u8, KeepAliveSeconds = 60 };
        _connect = new byte[connect.Measure()];
        connect.Write(_connect);

        using var filters = new SubscribeFilterWriter([]);
        for (var i = 0; i < 10; i++)
        {
            filters.Add(Encoding.UTF8.GetBytes($"plant/{i}/+/temperature/#"), new SubscriptionOptions(QoS.AtLeastOnce, NoLocal: false, RetainAsPublished: false, RetainHandling.SendAtSubscribe));
        }

        _subscribe = Bytes(new SubscribePacket { PacketId = 1, FilterBytes = filters.FilterBytes }, ProtocolVersion.Mqtt5);
    }

    [Benchmark(Description = "PUBLISH 3.1.1, QoS 0, 16 B")]
    public int Publish311() => Publish(_publish311, ProtocolVersion.Mqtt311);

    [Benchmark(Description = "PUBLISH 5.0, QoS 1, three properties")]
    public int Publish5() => Publish(_publish5, ProtocolVersion.Mqtt5);

    [Benchmark(Description = "PUBLISH 3.1.1, QoS 0, 64 KB")]
    public int PublishLarge() => Publish(_publishLarge, ProtocolVersion.Mqtt311);

    [Benchmark(Description = "PUBACK 5.0")]
    public int Puback() =>
        PubackPacket.TryRead(Body(_puback, ProtocolVersion.Mqtt5, out _), ProtocolVersion.Mqtt5, out var packet) == PacketError.None ? packet.PacketId : throw new InvalidOperationException();

    [Benchmark(Description = "SUBSCRIBE 5.0, 10 filters")]
    public int Subscribe()
    {
        if (SubscribePacket.TryRead(Body(_subscribe, ProtocolVersion.Mqtt5, out _), ProtocolVersion.Mqtt5, out var packet) != PacketError.None)
        {
            throw new InvalidOperationException();
        }

        var size = 0;
        foreach (var entry in packet.Filters)
        {
            size += entry.Filter.Length;
        }

        return size;
    }

    [Benchmark(Description = "CONNECT 5.0")]
    public int Connect() =>
        ConnectPacket.TryRead(Body(_connect, ProtocolVersion.Mqtt5, out _), out var packet) == PacketError.None ? packet.KeepAliveSeconds : throw new InvalidOperationException();

    private static byte[] Bytes<TPacket>(in TPacket packet, ProtocolVersion version)
        where TPacket : IPacket, allows ref struct
    {
        var bytes = new byte[packet.Measure(version)];
        packet.Write(bytes, version);
        return bytes;
    }

    private static int Publish(byte[] bytes, ProtocolVersion version)
    {
        var body = Body(bytes, version, out var flags);
        return PublishPacket.TryRead(flags, body, version, out var packet) == PacketError.None ? packet.Payload.Length : throw new InvalidOperationException();
    }

    private static ReadOnlySpan<byte> Body(byte[] bytes, ProtocolVersion version, out byte flags)
    {
        if (PacketFramer.TryRead(bytes, version, PacketSizeMax, out var header, out var body, out _, out _) != FrameStatus.Complete)
        {
            throw new InvalidOperationException();
        }

        flags = header.Flags;
        return body;
    }
}
