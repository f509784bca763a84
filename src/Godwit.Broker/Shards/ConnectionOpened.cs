namespace Godwit.Broker.Shards;

/// <summary>
/// A connection whose CONNECT is complete comes to its shard. From the moment it is posted the shard owns the connection; the
/// transport registers it for reading when the shard takes it.
/// </summary>
/// <param name="connection">Made by the listener with the result of <see cref="Handshake.TryRead"/>.</param>
/// <param name="received">Bytes that came behind CONNECT, 0 or more; owned by this input.</param>
/// <param name="taken">Called by the shard before it handles CONNECT, so that the transport can attach the connection; may be null.</param>
public sealed class ConnectionOpened(Connection connection, byte[] received, Action<Connection>? taken) : ShardInput
{
    /// <inheritdoc/>
    public override int SizeBytes => received.Length;

    internal override void Run(Shard shard)
    {
        taken?.Invoke(connection);
        try
        {
            shard.Open(connection, received);
        }
#pragma warning disable CA1031 // A fault in one client's CONNECT costs that client and no other.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            shard.Fault(connection, fault);
        }
    }
}
