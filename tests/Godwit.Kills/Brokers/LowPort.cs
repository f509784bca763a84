using System.Net;
using System.Net.Sockets;

namespace Godwit.Kills.Brokers;

/// <summary>
/// A port below those that the kernel gives to connecting sockets: a client that tries again and again while nobody listens would
/// some day be given the very port it connects to, and be connected with itself.
/// </summary>
internal static class LowPort
{
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(12_000, 32_000);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // In use: another one.
            }
        }
    }
}
