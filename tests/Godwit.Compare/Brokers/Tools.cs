namespace Godwit.Compare.Brokers;

/// <summary>The executables of a run.</summary>
/// <param name="Godwit">godwit, or ./godwit, which replaces itself by it.</param>
/// <param name="Mosquitto">mosquitto.</param>
/// <param name="Relay">Null: there is none, and its bars are not judged.</param>
internal sealed record Tools(string Godwit, string Mosquitto, string? Relay)
{
    /// <summary>Who can be measured, in the order of tables.</summary>
    public IReadOnlyList<BrokerKind> Brokers => Relay is null
        ? [BrokerKind.Mosquitto, BrokerKind.GodwitMemory, BrokerKind.GodwitDurable]
        : [BrokerKind.Mosquitto, BrokerKind.GodwitMemory, BrokerKind.GodwitDurable, BrokerKind.Relay];
}
