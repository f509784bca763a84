using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Godwit.Kills.Brokers;

/// <summary>
/// A broker that is never killed, behind a relay that is: to its clients it dies with all connections and whatever was on its way, and
/// comes back having forgotten nothing. With such a broker there is nothing to be found.
/// </summary>
internal sealed class UnforgettingBroker(KilledBroker broker) : IKillable
{
    private readonly ConcurrentDictionary<Socket, byte> _sockets = [];
    private readonly List<Task> _pumps = [];
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private bool _isStarted;
    private volatile int _changes;

    /// <inheritdoc/>
    public IPEndPoint EndPoint { get; } = new(IPAddress.Loopback, LowPort.Next());

    /// <inheritdoc/>
    public int Changes => _changes;

    /// <inheritdoc/>
    public void Start()
    {
        if (!_isStarted)
        {
            broker.Start();
            _isStarted = true;
        }

        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        _listener.Bind(EndPoint);
        _listener.Listen();
        _accepting = AcceptAsync(_listener);
    }

    /// <inheritdoc/>
    public Task<TimeSpan> ListensAsync(CancellationToken ct) => broker.ListensAsync(ct);

    /// <inheritdoc/>
    public async Task KillAsync()
    {
        _changes++;
        _listener!.Dispose();
        await _accepting;
        foreach (var socket in _sockets.Keys)
        {
            socket.Dispose();
        }

        await Task.WhenAll(_pumps);
        _pumps.Clear();
        _sockets.Clear();
        _changes++;
    }

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
        {
            await KillAsync();
        }

        await broker.DisposeAsync();
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            try
            {
                var client = await listener.AcceptAsync();
                var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                client.NoDelay = true;
                _sockets[client] = _sockets[server] = 0;
                await server.ConnectAsync(broker.EndPoint);
                _pumps.Add(PumpAsync(client, server));
                _pumps.Add(PumpAsync(server, client));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <summary>Passes on what comes, and the end.</summary>
    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The end, too.
        }

        from.Dispose();
        to.Dispose();
    }
}
