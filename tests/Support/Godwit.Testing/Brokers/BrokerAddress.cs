using System.Globalization;

namespace Godwit.Testing.Brokers;

/// <summary>Where a broker listens for plain MQTT.</summary>
public sealed record BrokerAddress(string Host, int Port)
{
    /// <summary>The port in decimal digits, as command lines want it.</summary>
    public string PortText => Port.ToString(CultureInfo.InvariantCulture);

    /// <summary>What a command line must begin with for the program to reach this address, e.g. <c>ip netns exec NAME</c>.</summary>
    public IReadOnlyList<string> Via { get; init; } = [];
}
