using System.Globalization;

namespace Godwit.Testing.Brokers;

/// <summary>Where a broker listens for plain MQTT.</summary>
public sealed record BrokerAddress(string Host, int Port)
{
    /// <summary>The port in decimal digits, as command lines want it.</summary>
    public string PortText => Port.ToString(CultureInfo.InvariantCulture);
}
