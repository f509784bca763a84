using System.Net;
using System.Net.Sockets;
using Godwit.Testing.Brokers;

namespace Godwit.Mosquitto.Running;

/// <summary>As much of a proxy as an example needs: each connection is passed on, with a header of the PROXY protocol in front where the broker wants one.</summary>
internal sealed class ProxyRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, FreePort.Next());
    private readonly CancellationTokenSource _end = new();
    private readonly int _target;
    private readonly byte[] _header;
    private readonly Task _accepting;

    private ProxyRelay(int target, byte[] header)
    {
        (_target, _header) = (target, header);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Starts one that says of every client that it comes from 203.0.113.7.</summary>
    /// <param name="target">The port of the broker.</param>
    /// <param name="hasHeader">It says so; else it says nothing.</param>
    internal static ProxyRelay Start(int target, bool hasHeader)
    {
        // Version 2: signature, PROXY over TCP and IPv4, 12 bytes: source and destination, then their ports.
        byte[] signature = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];
        return new(target, hasHeader ? [.. signature, 0x21, 0x11, 0, 12, 203, 0, 113, 7, 192, 0, 2, 1, 0x30, 0x39, 0x07, 0x5B] : []);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                relays.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var broker = new TcpClient();
        using (client)
        {
            try
            {
                await broker.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
                await broker.GetStream().WriteAsync(_header, _end.Token);
                await Task.WhenAny(CopyAsync(client, broker), CopyAsync(broker, client));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // One side has gone; the other one goes too.
            }
        }
    }

    private Task CopyAsync(TcpClient from, TcpClient to) => from.GetStream().CopyToAsync(to.GetStream(), _end.Token);
}
