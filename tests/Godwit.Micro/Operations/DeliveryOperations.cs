using BenchmarkDotNet.Attributes;
using Godwit.Protocol;
using Godwit.Protocol.Delivery;

namespace Godwit.Micro.Operations;

/// <summary>A message's way through the delivery tables of one receiver.</summary>
public class DeliveryOperations
{
    private const int ReceiveMaximum = 1000;

    private readonly string _message = "message";
    private readonly OutboundDelivery<string> _outbound = new();
    private readonly OutboundDelivery<string> _open = new();
    private readonly Queue<ushort> _openIds = new(ReceiveMaximum);
    private readonly InboundDelivery _inbound = new();
    private ushort _inboundId;

    [GlobalSetup]
    public void Setup()
    {
        _outbound.BeginConnection(ReceiveMaximum);
        _open.BeginConnection(ReceiveMaximum);
        for (var i = 1; i < ReceiveMaximum; i++)
        {
            _openIds.Enqueue(Send(_open, QoS.AtLeastOnce));
        }
    }

    [Benchmark(Description = "QoS 1: enqueue, send, PUBACK")]
    public int QoS1()
    {
        var packetId = Send(_outbound, QoS.AtLeastOnce);
        return _outbound.OnPuback(packetId, out _) ? packetId : throw new InvalidOperationException();
    }

    [Benchmark(Description = "QoS 1: the same with 999 others in flight")]
    public int QoS1InFlight()
    {
        _openIds.Enqueue(Send(_open, QoS.AtLeastOnce));
        var oldest = _openIds.Dequeue();
        return _open.OnPuback(oldest, out _) ? oldest : throw new InvalidOperationException();
    }

    [Benchmark(Description = "QoS 2: enqueue, send, PUBREC, PUBCOMP")]
    public int QoS2()
    {
        var packetId = Send(_outbound, QoS.ExactlyOnce);
        var outcome = _outbound.OnPubrec(packetId, isError: false, out _, out _);
        return outcome == PubrecOutcome.SendPubrel && _outbound.OnPubcomp(packetId) ? packetId : throw new InvalidOperationException();
    }

    [Benchmark(Description = "QoS 2 inbound: PUBLISH, PUBREL")]
    public int QoS2Inbound()
    {
        var packetId = _inboundId = (ushort)((_inboundId % 1000) + 1);
        return _inbound.OnPublish(packetId, ReceiveMaximum) == InboundOutcome.New && _inbound.OnPubrel(packetId) ? packetId : throw new InvalidOperationException();
    }

    private ushort Send(OutboundDelivery<string> delivery, QoS qos)
    {
        delivery.Enqueue(_message, qos);
        return delivery.TryTakeNext(out var send) ? send.PacketId : throw new InvalidOperationException();
    }
}
