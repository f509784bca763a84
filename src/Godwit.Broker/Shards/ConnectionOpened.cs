namespace Godwit.Broker.Shards;

/// <summary>
/// A connection whose CONNECT is complete comes to its shard. From the moment it is posted the shard owns the connection; the
/// transport registers it for reading when the shard takes it.
/// </summary>
public sealed class ConnectionOpened : ShardInput
{
    private readonly Connection _connection;
    private readonly byte[]? _connect;          // null: it stands at the start of what was received
    private readonly byte[] _received;
    private readonly int _connectSize;
    private readonly Action<Connection>? _taken;

    /// <summary>For a connection that holds its CONNECT.</summary>
    /// <param name="connection">Made by the listener with the result of <see cref="Handshake.TryRead"/>.</param>
    /// <param name="received">Bytes that came behind CONNECT, 0 or more; owned by this input.</param>
    /// <param name="taken">Called by the shard before it handles CONNECT, so that the transport can attach the connection; may be null.</param>
    public ConnectionOpened(Connection connection, byte[] received, Action<Connection>? taken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(received);
        (_connection, _connect, _received, _taken) = (connection, connection.TakeConnectBytes(), received, taken);
    }

    /// <summary>For a connection that does not.</summary>
    /// <param name="connection">Made by the listener with the result of <see cref="Handshake.TryRead"/>.</param>
    /// <param name="received">CONNECT and what came behind it; owned by this input.</param>
    /// <param name="connectSize">Bytes of CONNECT, fixed header included.</param>
    /// <param name="taken">Called by the shard before it handles CONNECT, so that the transport can attach the connection; may be null.</param>
    public ConnectionOpened(Connection connection, byte[] received, int connectSize, Action<Connection>? taken)
    {
        ArgumentNullException.ThrowIfNull(received);
        (_connection, _received, _connectSize, _taken) = (connection, received, connectSize, taken);
    }

    /// <inheritdoc/>
    public override int SizeBytes => _received.Length - _connectSize;

    internal override void Run(Shard shard)
    {
        _taken?.Invoke(_connection);
        try
        {
            shard.Open(_connection, _connect ?? _received.AsSpan(0, _connectSize), _received.AsSpan(_connectSize));
        }
#pragma warning disable CA1031 // A fault in one client's CONNECT costs that client and no other.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            shard.Fault(_connection, fault);
        }
    }
}
