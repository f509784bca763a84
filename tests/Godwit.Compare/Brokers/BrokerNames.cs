namespace Godwit.Compare.Brokers;

/// <summary>The words of tables.</summary>
internal static class BrokerNames
{
    public static string Of(BrokerKind kind) => kind switch
    {
        BrokerKind.Mosquitto => "mosquitto",
        BrokerKind.GodwitMemory => "godwit memory",
        BrokerKind.GodwitDurable => "godwit durable",
        BrokerKind.Relay => "relay",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
