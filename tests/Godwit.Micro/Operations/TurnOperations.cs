using BenchmarkDotNet.Attributes;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Micro.Operations;

/// <summary>A PUBLISH from the first byte read to the last acknowledgement, in one shard; each receiver's part of the exchange included.</summary>
public class TurnOperations
{
    private LeanBroker? _broker;
    private LeanClient? _publisher;

    [Params(QoS.AtMostOnce, QoS.AtLeastOnce, QoS.ExactlyOnce)]
    public QoS QoS { get; set; }

    [Params(1, 100)]
    public int Receivers { get; set; } = 1;

    [GlobalSetup]
    public void Setup()
    {
        _broker = new LeanBroker(shards: 1);
        for (var i = 0; i < Receivers; i++)
        {
            _broker.Connect(0, ProtocolVersion.Mqtt311).Subscribe("plant/+/temperature", QoS);
        }

        _publisher = _broker.Connect(0, ProtocolVersion.Mqtt311);
        _publisher.Prepare("plant/7/temperature", QoS);
        _broker.Turn();
    }

    [Benchmark(Description = "PUBLISH to its end")]
    public int Publish()
    {
        var before = _broker!.ReceivedCount;
        _publisher!.Publish();
        var turns = QoS switch { QoS.AtMostOnce => 1, QoS.AtLeastOnce => 2, _ => 3 };
        for (var turn = 0; turn < turns; turn++)
        {
            _broker.Turn();
        }

        return _broker.ReceivedCount - before == Receivers ? Receivers : throw new InvalidOperationException();
    }
}
