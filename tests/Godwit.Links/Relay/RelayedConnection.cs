using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Godwit.Links.Relay;

/// <summary>One connection of a client, and the relay's own connection to the broker for it.</summary>
public sealed class RelayedConnection : IDisposable
{
    private readonly Socket _client;
    private readonly Socket _broker;
    private readonly LinkFaults _faults;
    private readonly long[] _forwarded = new long[2];
    private volatile bool _isCut;

    internal RelayedConnection(Socket client, Socket broker, LinkFaults faults)
    {
        (_client, _broker, _faults) = (client, broker, faults);
        (client.NoDelay, broker.NoDelay) = (true, true);
    }

    /// <summary>Bytes let through so far.</summary>
    public long Forwarded(LinkDirection direction) => Interlocked.Read(ref _forwarded[(int)direction]);

    /// <summary>From now on nothing is let through, and nobody is told; see <see cref="LinkFaultKind.Silence"/>.</summary>
    public void FallSilent() => _isCut = true;

    /// <summary>Drops both connections without a word.</summary>
    public void Dispose()
    {
        _client.Dispose();
        _broker.Dispose();
    }

    /// <summary>Carries bytes until both sides have ended.</summary>
    internal async Task RunAsync()
    {
        try
        {
            await Task.WhenAll(CarryAsync(LinkDirection.ToBroker, _client, _broker), CarryAsync(LinkDirection.ToClient, _broker, _client));
        }
        finally
        {
            Dispose();
        }
    }

    private async Task CarryAsync(LinkDirection direction, Socket from, Socket to)
    {
        var travelling = Channel.CreateUnbounded<(long Due, byte[] Bytes)>();
        var reading = ReadAsync(from, travelling.Writer);
        try
        {
            if (_faults.Fault is { AfterBytes: 0 } fault && fault.Direction == direction)
            {
                await FailAsync(fault);
            }

            await foreach (var (due, bytes) in travelling.Reader.ReadAllAsync())
            {
                var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait);
                }

                await ForwardAsync(direction, to, bytes);
            }

            if (!_isCut)
            {
                to.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // What breaks on one side breaks on the other; after a cut both are ending anyway.
            if (!_isCut)
            {
                Reset();
            }
        }

        await reading;
    }

    /// <summary>Reads to the end, also when nothing is forwarded any more: the sender shall not notice.</summary>
    private async Task ReadAsync(Socket from, ChannelWriter<(long Due, byte[] Bytes)> travelling)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var count and > 0)
            {
                travelling.TryWrite((InDueTime(), buffer[..count]));
            }

            travelling.TryWrite((InDueTime(), []));         // the end travels no faster than the bytes
            travelling.TryComplete();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            travelling.TryWrite((InDueTime(), []));
            travelling.TryComplete(exception);
        }
    }

    private long InDueTime() => Stopwatch.GetTimestamp() + (long)(_faults.Delay.TotalSeconds * Stopwatch.Frequency);

    private async Task ForwardAsync(LinkDirection direction, Socket to, byte[] bytes)
    {
        for (var position = 0; position < bytes.Length && !_isCut;)
        {
            var count = _faults.IsByteByByte ? 1 : bytes.Length - position;
            var fault = _faults.Fault?.Direction == direction ? _faults.Fault : null;
            var untilFault = fault is null ? long.MaxValue : fault.AfterBytes - Forwarded(direction);
            count = (int)Math.Min(count, untilFault > 0 ? untilFault : long.MaxValue);
            Interlocked.Add(ref _forwarded[(int)direction], count);     // before: who has got the bytes may ask for their number
            for (var sent = 0; sent < count;)
            {
                sent += await to.SendAsync(bytes.AsMemory(position + sent, count - sent));
            }

            position += count;
            if (count == untilFault)
            {
                await FailAsync(fault!);
            }
        }
    }

    private async Task FailAsync(LinkFault fault)
    {
        switch (fault.Kind)
        {
            case LinkFaultKind.Stall:
                await Task.Delay(fault.Duration);
                break;

            case LinkFaultKind.Silence:
                FallSilent();
                break;

            case LinkFaultKind.Close:
                _isCut = true;
                _client.Shutdown(SocketShutdown.Send);
                _broker.Shutdown(SocketShutdown.Send);
                break;

            default:
                Reset();
                break;
        }
    }

    private void Reset()
    {
        _isCut = true;
        foreach (var socket in new[] { _client, _broker })
        {
            try
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // It is closed already.
            }

            socket.Dispose();
        }
    }
}
