using System.Net.Sockets;

namespace Godwit.Conformance.Wire;

/// <summary>A broker under test: how to reach it and who to be. Other transports than TCP give another <paramref name="Open"/>.</summary>
/// <param name="Name">For people, e.g. <c>localhost:1883</c>.</param>
/// <param name="Open">Opens a connection that carries MQTT.</param>
public sealed record Endpoint(string Name, Func<CancellationToken, Task<Stream>> Open)
{
    /// <summary>User name of every CONNECT that names none; null for none.</summary>
    public string? UserName { get; init; }

    /// <summary>Password of every CONNECT that names none; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Plain TCP.</summary>
    public static Endpoint Tcp(string host, int port) => new($"{host}:{port}", async cancellationToken =>
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });
}
