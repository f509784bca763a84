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

    public long NextSeq { get; set; }

    public RecoveredWill? Will { get; set; }

    public long WillId { get; set; }

    public SortedDictionary<string, RecoveredSubscription> Subscriptions { get; } = new(StringComparer.Ordinal);

    public SortedSet<ushort> Inbound { get; } = [];

    public SortedDictionary<long, RecoveredPosition> Positions { get; } = [];

    /// <summary>Filters of SUBSCRIBEs that still wait for retained messages.</summary>
    public SortedSet<string> Searches { get; } = new(StringComparer.Ordinal);

    /// <summary>How many messages they have brought into the queue.</summary>
    public int GivenBySearches { get; set; }

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
        text.AppendLine(CultureInfo.InvariantCulture, $"{ClientId} no {No} expiry {ExpiryMs} connected {IsConnected} ends {EndsAtMs} unsent {UnsentSeq} next {NextSeq} will {Will}");
        foreach (var (filter, subscription) in Subscriptions)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {filter} {subscription}");
        }

        foreach (var packetId in Inbound)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  inbound {packetId}");
        }

        foreach (var filter in Searches)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  searches {filter}");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"  given by searches {GivenBySearches}");
        foreach (var position in Positions.Values)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {position}");
        }
    }
}
