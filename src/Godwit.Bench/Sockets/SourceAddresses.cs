using System.Net;
using System.Net.Sockets;

namespace Godwit.Bench.Sockets;

/// <summary>
/// From where to connect. One local address has about 28,000 ports for one broker, and the search for a free one becomes slow
/// long before they are used up.
/// </summary>
internal static class SourceAddresses
{
    /// <summary>Connections from one address, by the usual port range of Linux.</summary>
    internal const int PortsOfOneAddress = 28_000;

    private const int ConnectionsOfOneLoopbackAddress = 4_000;
    private const int FirstLoopbackAddress = 0x7F00_0101;        // 127.0.1.1

    /// <summary>The addresses to use in turn.</summary>
    /// <param name="asked">Of the plan; wins when it has any.</param>
    /// <param name="broker">Whole 127.0.0.0/8 is this machine.</param>
    /// <param name="connections">All of them.</param>
    /// <returns>Empty: the system's choice.</returns>
    internal static IReadOnlyList<IPAddress> For(IReadOnlyList<IPAddress> asked, IPAddress broker, int connections)
    {
        if (asked.Count > 0 || connections <= ConnectionsOfOneLoopbackAddress || !IsLoopback4(broker) || !OperatingSystem.IsLinux())
        {
            return asked;
        }

        var count = (connections + ConnectionsOfOneLoopbackAddress - 1) / ConnectionsOfOneLoopbackAddress;
        return [.. Enumerable.Range(FirstLoopbackAddress, count).Select(address => new IPAddress(IPAddress.HostToNetworkOrder(address) & 0xFFFF_FFFFL))];
    }

    /// <summary>Whether there are too few addresses.</summary>
    internal static bool AreTooFew(IReadOnlyList<IPAddress> addresses, int connections) =>
        connections > (long)PortsOfOneAddress * Math.Max(1, addresses.Count);

    private static bool IsLoopback4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork && IPAddress.IsLoopback(address);
}
