namespace Godwit.Interop.Clients;

/// <summary>A connection of a client library, which shows more of the protocol than a command line does.</summary>
public interface IConnection : IReceiver
{
    /// <summary>Session Present of the CONNACK.</summary>
    bool SessionPresent { get; }

    /// <summary>Assigned Client Identifier of the CONNACK; null when there is none.</summary>
    string? AssignedClientId { get; }

    /// <summary>The reason codes of the first SUBACK.</summary>
    IReadOnlyList<int> SubackCodes { get; }

    /// <summary>The reason code of the broker's DISCONNECT, after <see cref="IReceiver.ClosedByBrokerAsync"/>.</summary>
    int? CloseReason { get; }

    /// <summary>Publishes on this connection and waits for what the QoS level promises.</summary>
    Task PublishAsync(PublishRequest request);

    /// <summary>Unsubscribes.</summary>
    /// <returns>The reason codes of the UNSUBACK; empty before 5.0.</returns>
    Task<IReadOnlyList<int>> UnsubscribeAsync(string filter);

    /// <summary>Sends DISCONNECT with reason 0x04, which asks for the will (MQTT 5.0 §3.14.2.1).</summary>
    Task LeaveWithWillAsync();
}
