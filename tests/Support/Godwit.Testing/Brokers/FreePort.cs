using System.Net;
using System.Net.Sockets;

namespace Godwit.Testing.Brokers;

/// <summary>A TCP port of the loopback interface on which nothing listens.</summary>
public static class FreePort
{
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
