namespace Godwit.Protocol.Delivery;

/// <summary>
/// Topic Aliases that this side sets towards the receiver: the first topics seen get the numbers 1, 2, ... until the receiver's Topic
/// Alias Maximum is reached; none is set anew. [MQTT-3.3.2-11]
/// </summary>
public sealed class OutboundTopicAliases
{
    private readonly Dictionary<byte[], ushort> _aliases = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], ushort>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly int _maximum;

    /// <summary>Uses at most <paramref name="maximum"/> aliases.</summary>
    public OutboundTopicAliases(int maximum)
    {
        _maximum = maximum;
        _lookup = _aliases.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Finds or proposes an alias for a topic. A proposal counts only after <see cref="Commit"/>.</summary>
    /// <param name="topic">Not empty.</param>
    /// <param name="isNew">True: send the topic together with the alias, then commit. False: send the alias alone.</param>
    /// <returns>0: send without an alias.</returns>
    public ushort Find(ReadOnlySpan<byte> topic, out bool isNew)
    {
        isNew = false;
        if (_lookup.TryGetValue(topic, out var alias))
        {
            return alias;
        }

        // The property takes 3 bytes; a topic that is not longer saves nothing.
        if (_aliases.Count >= _maximum || topic.Length <= 3)
        {
            return 0;
        }

        isNew = true;
        return (ushort)(_aliases.Count + 1);
    }

    /// <summary>The packet that carries topic and new alias goes out: from now on the receiver knows it.</summary>
    public void Commit(ReadOnlySpan<byte> topic, ushort alias) => _lookup[topic] = alias;
}
