using Godwit.Bench.Clients;
using Godwit.Bench.Sockets;

namespace Godwit.Bench.Workers;

/// <summary>
/// Gathers what one client sends, and gives it to the kernel at once. One buffer serves all clients of a worker; what the kernel
/// does not take stays with the client.
/// </summary>
internal sealed class Outbox(ISocketPoller poller, int size)
{
    private byte[] _gathered = new byte[size];
    private int _length;

    /// <summary>Sends that took something.</summary>
    internal long Writes { get; private set; }

    /// <summary>Bytes gathered.</summary>
    internal int Length => _length;

    /// <summary>Room behind what is gathered; what is used is named with <see cref="Advance"/>.</summary>
    internal Span<byte> Reserve(int count)
    {
        if (_gathered.Length - _length < count)
        {
            Array.Resize(ref _gathered, Math.Max(_gathered.Length * 2, _length + count));
        }

        return _gathered.AsSpan(_length);
    }

    internal void Advance(int count) => _length += count;

    /// <summary>Drops what is gathered: its client has gone.</summary>
    internal void Clear() => _length = 0;

    /// <summary>Sends what is gathered for a client, behind what it already waits to send.</summary>
    /// <returns>False: the connection is broken.</returns>
    internal bool Flush(BenchClient client)
    {
        var bytes = _gathered.AsSpan(0, _length);
        _length = 0;
        if (client.HasOutput || bytes.IsEmpty)
        {
            client.KeepOutput(bytes);
            return true;
        }

        var sent = Send(client, bytes);
        if (sent < bytes.Length && sent >= 0)
        {
            client.KeepOutput(bytes[sent..]);
            poller.WatchWriting(client.Number, isWatched: true);
        }

        return sent >= 0;
    }

    /// <summary>The socket of a client can take something again.</summary>
    /// <returns>False: the connection is broken.</returns>
    internal bool Continue(BenchClient client)
    {
        if (client.HasOutput)
        {
            var sent = Send(client, client.Output);
            if (sent < 0)
            {
                return false;
            }

            client.OutputSent(sent);
        }

        if (!client.HasOutput)
        {
            poller.WatchWriting(client.Number, isWatched: false);
        }

        return true;
    }

    /// <summary>Sends until the kernel takes no more: an epoll event for every half-full buffer would cost more.</summary>
    private int Send(BenchClient client, ReadOnlySpan<byte> bytes)
    {
        var total = 0;
        while (total < bytes.Length)
        {
            var sent = poller.Send(client.Number, bytes[total..]);
            if (sent <= 0)
            {
                return sent < 0 ? -1 : total;
            }

            Writes++;
            total += sent;
        }

        return total;
    }
}
