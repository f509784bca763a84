using Godwit.Broker;
using Godwit.Broker.Shards;
using Godwit.Server.Logging;
using Microsoft.AspNetCore.Connections;

namespace Godwit.Server.Transports;

/// <summary>
/// Takes connections from Kestrel and holds each until its CONNECT is complete, with a limit of time, size and number; then its
/// shard owns it.
/// </summary>
internal sealed class KestrelHandler(BrokerCore core, ConnectionIds ids, IReadOnlyList<ShardLoop> loops, ConnectionLog log) : IDisposable
{
    private const int StopPollMs = 5;

    private readonly CancellationTokenSource _stopping = new();
    private int _halfOpen;
    private long _heldBytes;        // of incomplete CONNECTs

    /// <summary>Serves one connection from accept to close.</summary>
    internal async Task OnConnectedAsync(ConnectionContext context)
    {
        var address = context.RemoteEndPoint?.ToString() ?? "unknown";
        var connection = await OpenAsync(context, address).ConfigureAwait(false);
        if (connection is not null)
        {
            await connection.PumpAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes what is half open; nothing is posted after it returns.</summary>
    internal async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        while (Volatile.Read(ref _halfOpen) > 0)
        {
            await Task.Delay(StopPollMs).ConfigureAwait(false);
        }
    }

    public void Dispose() => _stopping.Dispose();

    /// <summary>Takes a connection as far as its shard.</summary>
    /// <returns>Null: refused, too late, or gone.</returns>
    private async Task<KestrelConnection?> OpenAsync(ConnectionContext context, string address)
    {
        var halfOpenMax = core.Limits.HalfOpenMax;
        try
        {
            if (Interlocked.Increment(ref _halfOpen) > halfOpenMax && halfOpenMax > 0)
            {
                log.HalfOpenRefused(address, halfOpenMax);
                return null;
            }

            return await ReadConnectAsync(context, address).ConfigureAwait(false);
        }
        catch (Exception exception) when (GracefulClose.IsEndOfConnection(exception))
        {
            return null;
        }
#pragma warning disable CA1031 // One connection's handler.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            log.HandshakeFault(address, fault);
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref _halfOpen);
        }
    }

    private async Task<KestrelConnection?> ReadConnectAsync(ConnectionContext context, string address)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        deadline.CancelAfter(core.Limits.ConnectTimeoutMs);
        var input = context.Transport.Input;
        var received = default(ConnectBuffer);
        var heldBytes = 0;
        HandshakeResult result;
        try
        {
            do
            {
                var read = await input.ReadAsync(deadline.Token).ConfigureAwait(false);
                foreach (var segment in read.Buffer)
                {
                    received.Append(segment.Span);
                }

                input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted && read.Buffer.IsEmpty)
                {
                    return null;
                }

                Interlocked.Add(ref _heldBytes, received.Capacity - heldBytes);
                heldBytes = received.Capacity;
                result = core.Handshake.TryRead(received.Span);
                if (result.Status == HandshakeStatus.Accepted)
                {
                    return Post(context, address, received.Span, result);
                }

                if (result.Status == HandshakeStatus.Incomplete && IsTooMuchHeld(address))
                {
                    return null;
                }
            }
            while (result.Status == HandshakeStatus.Incomplete);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !_stopping.IsCancellationRequested)
        {
            log.ConnectTimeout(address);
            return null;
        }
        finally
        {
            Interlocked.Add(ref _heldBytes, -heldBytes);
            received.Release();
        }

        log.HandshakeRefused(address, result);
        await RefuseAsync(context, result.Answer).ConfigureAwait(false);
        return null;
    }

    /// <summary>Incomplete CONNECTs hold too much: the one that has just grown is closed.</summary>
    private bool IsTooMuchHeld(string address)
    {
        var limit = core.Limits.HalfOpenBytesMax;
        if (Interlocked.Read(ref _heldBytes) <= limit)
        {
            return false;
        }

        log.HalfOpenBytesRefused(address, limit);
        return true;
    }

    private KestrelConnection Post(ConnectionContext context, string address, ReadOnlySpan<byte> received, in HandshakeResult result)
    {
        var transport = new KestrelConnection(context, core, loops[result.ShardIndex]);
        var connect = received[..result.ConnectSize].ToArray();
        transport.Connection = new Connection(ids.Next(), transport, address, connect, result) { TransportState = transport };
        core.Post(result.ShardIndex, new ConnectionOpened(transport.Connection, received[result.ConnectSize..].ToArray(), taken: null));
        return transport;
    }

    private static async Task RefuseAsync(ConnectionContext context, ReadOnlyMemory<byte> answer)
    {
        if (answer.IsEmpty)
        {
            return;
        }

        using var deadline = new CancellationTokenSource(ClosingSockets.LingerMs);
        var sending = context.Transport.Output.WriteAsync(answer, deadline.Token).AsTask();
        await GracefulClose.RunAsync(context, sending, deadline.Token).ConfigureAwait(false);
    }
}
