using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Durability;

/// <summary>Takes messages, acknowledges each when it likes, and remembers what it has been given.</summary>
internal sealed class ChaosSubscriber(ChaosWorld world, string clientId, IReadOnlyDictionary<string, QoS> filters) : ChaosClient(world, clientId)
{
    private readonly HashSet<ushort> _awaitingPubrel = [];
    private readonly Queue<ReceivedPacket> _unanswered = new();

    /// <summary>Filters and QoS.</summary>
    public IReadOnlyDictionary<string, QoS> Filters => filters;

    /// <summary>What its application has been given, oldest first: topic, text, QoS.</summary>
    public List<(string Topic, string Text, QoS QoS)> Delivered { get; } = [];

    public override bool IsDone => _unanswered.Count == 0;

    protected override void ActConnected()
    {
        if (!_unanswered.TryDequeue(out var packet))
        {
            return;
        }

        switch (packet.Type)
        {
            case PacketType.Pubrel:
                _awaitingPubrel.Remove(packet.PacketId);
                Connection!.Pubcomp(packet.PacketId);
                break;

            case PacketType.Publish when packet.QoS == QoS.AtLeastOnce:
                Connection!.Puback(packet.PacketId);
                break;

            case PacketType.Publish:
                Connection!.Pubrec(packet.PacketId);
                break;
        }
    }

    protected override void OnConnected() => _unanswered.Clear();

    protected override void OnPacket(ReceivedPacket packet)
    {
        if (packet.Type == PacketType.Publish && (packet.QoS == QoS.AtLeastOnce || _awaitingPubrel.Add(packet.PacketId)))
        {
            var text = packet.PayloadText;
            Delivered.Add((packet.Topic, text[..(text.LastIndexOf(':') + 1)], packet.QoS));
        }

        _unanswered.Enqueue(packet);
    }
}
