using System.Net;
using System.Net.Sockets;
using Godwit.Testing.Brokers;

namespace Godwit.Links.Relay;

/// <summary>A bad link in the shape of a program between the clients and the broker, which needs no rights of any kind.</summary>
public sealed class BadLinkRelay : IBrokerUnderTest, IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<RelayedConnection> _connections = [];
    private readonly BrokerAddress _broker;
    private readonly Func<int, LinkFaults> _faults;
    private readonly Task _accepting;

    /// <summary>Starts to listen on a free port of the loopback interface.</summary>
    /// <param name="broker">Where everything is carried to.</param>
    /// <param name="faults">What happens to each connection, counted from 0.</param>
    public BadLinkRelay(BrokerAddress broker, Func<int, LinkFaults> faults)
    {
        (_broker, _faults) = (broker, faults);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = new BrokerAddress("127.0.0.1", ((IPEndPoint)_listener.LocalEndPoint!).Port);
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect to.</summary>
    public BrokerAddress Address { get; }

    /// <summary>The connections so far, in their order.</summary>
    public IReadOnlyList<RelayedConnection> Connections
    {
        get
        {
            lock (_connections)
            {
                return [.. _connections];
            }
        }
    }

    /// <summary>Drops all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (var connection in Connections)
        {
            connection.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                _ = CarryAsync(client);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The listener is closed.
        }
    }

    private async Task CarryAsync(Socket client)
    {
        var broker = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        RelayedConnection connection;
        lock (_connections)
        {
            connection = new RelayedConnection(client, broker, _faults(_connections.Count));
            _connections.Add(connection);
        }

        try
        {
            await broker.ConnectAsync(_broker.Host, _broker.Port);
            await connection.RunAsync();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            connection.Dispose();       // the broker does not answer, or the relay has ended
        }
    }
}
