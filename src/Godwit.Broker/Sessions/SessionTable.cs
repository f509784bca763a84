using System.Diagnostics.CodeAnalysis;
using Godwit.Broker.Shards;

namespace Godwit.Broker.Sessions;

/// <summary>The sessions of one shard by client identifier.</summary>
internal sealed class SessionTable : CompactTable<Session>
{
    /// <summary>Finds the session of a client identifier.</summary>
    public bool TryGetValue(string clientId, [NotNullWhen(true)] out Session? session)
    {
        var slots = Slots;
        var i = string.GetHashCode(clientId, StringComparison.Ordinal) & (slots.Length - 1);
        while (slots[i] is { } candidate && !string.Equals(candidate.ClientId, clientId, StringComparison.Ordinal))
        {
            i = (i + 1) & (slots.Length - 1);
        }

        session = slots[i];
        return session is not null;
    }

    /// <summary>Keyed per process, so that nobody can choose identifiers that collide.</summary>
    protected override int HashOf(Session item) => string.GetHashCode(item.ClientId, StringComparison.Ordinal);
}
