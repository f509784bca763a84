using Godwit.Protocol;
using Godwit.Protocol.Delivery;

namespace Godwit.Server.Mosquitto.Database;

/// <summary>
/// The positions of a session's queue in our store. Packet identifiers follow from positions, and those of exchanges that have begun must not change: each
/// message gets the next position that has its identifier.
/// </summary>
internal sealed class DatabaseQueue
{
    // Identifiers grow from message to message; one that would be so far ahead has rather been given before the count began anew elsewhere.
    private const int StepMax = 30_000;

    internal DatabaseQueue(DatabaseClient client, uint number)
    {
        (Client, Number) = (client, number);
        NextSeq = client.Deliveries.Find(IsNumbered)?.PacketId - 1 ?? client.LastPacketId;
        UnsentSeq = NextSeq;
    }

    internal DatabaseClient Client { get; }

    /// <summary>Of the session.</summary>
    internal uint Number { get; }

    /// <summary>The position that comes next.</summary>
    internal long NextSeq { get; private set; }

    /// <summary>Those below may have been sent.</summary>
    internal long UnsentSeq { get; private set; }

    /// <summary>It waits for the client, and has an identifier: it is not of QoS 0.</summary>
    internal static bool IsNumbered(DatabaseDelivery delivery) => delivery is { IsOutgoing: true, PacketId: > 0, QoS: > QoS.AtMostOnce };

    /// <summary>Gives a message of the file its position.</summary>
    internal long Take(DatabaseDelivery delivery)
    {
        var wanted = PacketIds.PositionOf(delivery.PacketId, NextSeq);
        var seq = wanted - NextSeq <= StepMax ? wanted : NextSeq;
        NextSeq = seq + 1;
        if (delivery.State != DatabaseState.Queued)
        {
            UnsentSeq = NextSeq;
        }

        return seq;
    }

    /// <summary>Gives a message that comes in addition the next position.</summary>
    internal long Take() => NextSeq++;
}
