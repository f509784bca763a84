using Godwit.Broker.Log;
using Godwit.Protocol;

namespace Godwit.Broker.Sessions;

/// <summary>The Will Message of a connection (5.0 §3.1.2.5), kept by the session until it is published or removed.</summary>
internal sealed class Will
{
    public required byte[] Topic { get; init; }

    public required byte[] Payload { get; init; }

    /// <summary>Encoded properties that pass through; delay and expiry are taken out. [MQTT-3.1.3-10]</summary>
    public required byte[] Properties { get; init; }

    public required QoS QoS { get; init; }

    public required bool Retain { get; init; }

    /// <summary>Will Delay Interval, milliseconds.</summary>
    public required long DelayMs { get; init; }

    /// <summary>Message Expiry Interval in milliseconds, counted from publication; <see cref="long.MaxValue"/> is never.</summary>
    public required long ExpiryMs { get; init; }

    /// <summary>Number of its record in the log; 0 when it is not there.</summary>
    public long RecordId { get; set; }

    /// <summary>As the log keeps it.</summary>
    public WillRecord ToRecord(Session session) => new()
    {
        SessionNo = session.No,
        ClientId = session.ClientId,
        UserName = session.UserName,
        Topic = Topic,
        Payload = Payload,
        Properties = Properties,
        QoS = QoS,
        Retain = Retain,
        DelayMs = DelayMs,
        ExpiryMs = ExpiryMs,
        DueAtMs = session.WillDueMs,
    };
}
