using System.Globalization;
using System.Text;
using Godwit.Broker.Log;

namespace Godwit.Simulation.Oracles;

/// <summary>A session as a store gives it.</summary>
internal sealed class RecoveredSession
{
    public required uint No { get; init; }

    public required long RecordId { get; init; }

    public required string ClientId { get; init; }

    public required long ExpiryMs { get; init; }

    public required bool IsConnected { get; init; }

    public required long EndsAtMs { get; init; }

    public required long UnsentSeq { get; init; }

    /// <summary>It is over, and hands on what it leaves of shared subscriptions.</summary>
    public bool HasEnded { get; set; }

    public long NextSeq { get; set; }

    public RecoveredWill? Will { get; set; }

    public long WillId { get; set; }

    public SortedDictionary<string, RecoveredSubscription> Subscriptions { get; } = new(StringComparer.Ordinal);

    public SortedSet<ushort> Inbound { get; } = [];

    public SortedDictionary<long, RecoveredPosition> Positions { get; } = [];

    /// <summary>SUBSCRIBEs that still wait for retained messages, by the record of the search.</summary>
    public SortedDictionary<long, RecoveredSearch> Searches { get; } = [];

    /// <summary>The search with this record.</summary>
    public RecoveredSearch SearchOf(long id)
    {
        if (!Searches.TryGetValue(id, out var search))
        {
            Searches.Add(id, search = new RecoveredSearch());
        }

        return search;
    }

    /// <summary>What stands at a position.</summary>
    public void Take(in StoredDelivery entry, byte[] bytes)
    {
        if (!Positions.TryGetValue(entry.Seq, out var position) || position.IsRead || position.IsReceived != entry.IsReceived)
        {
            throw Oracle.Violation("I11", $"{ClientId} has something at position {entry.Seq} that the store did not tell of");
        }

        position.IsRead = true;
        position.QoS = entry.QoS;
        position.Topic = Encoding.UTF8.GetString(bytes.AsSpan(entry.Topic));
        position.Payload = bytes[entry.Payload];
    }

    /// <summary>Everything as text.</summary>
    public void AppendTo(StringBuilder text)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"{ClientId} no {No}{(HasEnded ? " (ended)" : "")} expiry {ExpiryMs} connected {IsConnected} ends {EndsAtMs} unsent {UnsentSeq} next {NextSeq} will {Will}");
        foreach (var (filter, subscription) in Subscriptions)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {filter} {subscription}");
        }

        foreach (var packetId in Inbound)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  inbound {packetId}");
        }

        foreach (var search in Searches.Values)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  searches {search}");
        }

        foreach (var position in Positions.Values)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {position}");
        }
    }
}
