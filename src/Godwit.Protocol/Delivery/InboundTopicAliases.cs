namespace Godwit.Protocol.Delivery;

/// <summary>Topic Aliases that the other side has set on this connection (5.0 §3.3.2.3.4). They die with the connection. [MQTT-3.3.2-7]</summary>
public sealed class InboundTopicAliases
{
    private readonly byte[]?[] _topics;

    /// <summary>Room for aliases 1 to <paramref name="maximum"/>, the Topic Alias Maximum that this side announced.</summary>
    public InboundTopicAliases(int maximum) => _topics = new byte[maximum + 1][];

    /// <summary>Sets an alias, or finds the topic it stands for.</summary>
    /// <param name="alias">As in the property; not 0.</param>
    /// <param name="topic">In: the Topic Name of the packet. Out: unchanged, or when it was empty the name the alias stands for.</param>
    /// <returns>TopicAliasInvalid: above the maximum [MQTT-3.3.2-9]. TopicAliasUnknown: empty topic, alias never set. Or None.</returns>
    public PacketError Resolve(uint alias, ref ReadOnlySpan<byte> topic)
    {
        if (alias == 0 || alias >= _topics.Length)
        {
            return PacketError.TopicAliasInvalid;
        }

        ref var known = ref _topics[alias];
        if (!topic.IsEmpty)
        {
            if (!topic.SequenceEqual(known))
            {
                known = topic.ToArray();
            }

            return PacketError.None;
        }

        if (known is null)
        {
            return PacketError.TopicAliasUnknown;
        }

        topic = known;
        return PacketError.None;
    }
}
