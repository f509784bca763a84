namespace Godwit.Broker.Shards;

/// <summary>
/// The way to one client, implemented by each transport (epoll, Kestrel, simulated). Only the shard that owns the connection calls
/// it, inside a turn. It is used by no other thread, so it needs no lock.
/// </summary>
public interface IConnectionTransport
{
    /// <summary>Hands bytes over for sending.</summary>
    /// <param name="bytes">Valid during the call only: what is taken is sent or copied.</param>
    /// <returns>
    /// Bytes taken, 0 to all. Fewer than all means that the client does not keep up: the transport calls
    /// <see cref="Shard.Writable"/> when it can take more. A lost connection takes everything and reports the loss as an input.
    /// </returns>
    int Send(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Ends the connection: no Send follows. The transport shuts down sending once what it took has left, reads and drops at
    /// most 64 KB or one second of input, then closes, so that the peer sees the last packet and not a reset. After this call it
    /// reports nothing more about the connection.
    /// </summary>
    void Close();
}
