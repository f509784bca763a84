using BenchmarkDotNet.Attributes;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Micro.Operations;

/// <summary>From a packet to bytes, in a buffer that is there.</summary>
public class EncodeOperations
{
    private readonly byte[] _buffer = new byte[128 * 1024];
    private readonly byte[] _small = new byte[16];
    private readonly byte[] _large = new byte[64 * 1024];
    private byte[] _properties = [];

    [GlobalSetup]
    public void Setup() =>
        _properties = new TestProperties().Add(PropertyId.MessageExpiryInterval, 3600).Add(PropertyId.ContentType, "application/json").AddUser("line", "7").Bytes;

    [Benchmark(Description = "PUBLISH 3.1.1, QoS 0, 16 B")]
    public int Publish311() => new PublishPacket { Topic = "plant/7/temperature"u8, Payload = _small }.Write(_buffer, ProtocolVersion.Mqtt311);

    [Benchmark(Description = "PUBLISH 5.0, QoS 1, three properties")]
    public int Publish5() =>
        new PublishPacket { Topic = "plant/7/temperature"u8, QoS = QoS.AtLeastOnce, PacketId = 7, Properties = PropertyBlock.FromTrusted(_properties), Payload = _small }
            .Write(_buffer, ProtocolVersion.Mqtt5);

    [Benchmark(Description = "PUBLISH 3.1.1, QoS 0, 64 KB")]
    public int PublishLarge() => new PublishPacket { Topic = "plant/7/camera"u8, Payload = _large }.Write(_buffer, ProtocolVersion.Mqtt311);

    [Benchmark(Description = "PUBACK 5.0")]
    public int Puback() => new PubackPacket { PacketId = 7 }.Write(_buffer, ProtocolVersion.Mqtt5);
}
