using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Tasks.Sources;
using Godwit.Broker;
using Godwit.Broker.Shards;
using Godwit.Server.Listeners;

namespace Godwit.Server.Transports;

/// <summary>
/// A client that came through Kestrel. Its pump reads the pipe, posts the bytes to the shard and waits until the shard has handled
/// them, so their memory is not copied. Everything but <see cref="PumpAsync"/> runs on the shard's thread.
/// </summary>
internal sealed class KestrelConnection : IConnectionTransport, IDeferredInput, IValueTaskSource
{
    private readonly ClientLink _link;
    private readonly BrokerCore _core;
    private readonly ShardLoop _loop;
    private readonly KestrelOutput _output;
    private readonly HostCall _inputCall;
    private ManualResetValueTaskSourceCore<bool> _handled = new() { RunContinuationsAsynchronously = true };
    private ReadOnlySequence<byte> _input;
    private int _isInputWaited;
    private bool _isFeeding;
    private volatile bool _isClosed;

    internal KestrelConnection(ClientLink link, BrokerCore core, ShardLoop loop)
    {
        (_link, _core, _loop) = (link, core, loop);
        _inputCall = new HostCall(TakeInput);
        var writableCall = new HostCall(ReportWritable);
        _output = new KestrelOutput(() => _core.Post(_loop.Shard.Index, writableCall), isInline: !link.IsLayered);
    }

    /// <summary>Set before the connection is posted.</summary>
    internal Connection? Connection { get; set; }

    /// <summary>Where it came in.</summary>
    internal Entrance Entrance => _link.Entrance;

    /// <summary>Where the client is; null on a Unix socket.</summary>
    internal IPAddress? Address => _link.EndPoint?.Address;

    /// <inheritdoc/>
    public bool IsFeedable => _isClosed || Connection!.WantsInput;

    /// <summary>Serves the connection until it ends, and then closes it so that the last packet is seen.</summary>
    internal async Task PumpAsync()
    {
        var sending = _output.SendAsync(_link.Transport.Output);
        try
        {
            await ReadToEndAsync(_link.Transport.Input).ConfigureAwait(false);
        }
        catch (Exception exception) when (GracefulClose.IsEndOfConnection(exception))
        {
            // Reset by the peer, or aborted by Kestrel: lost, as at the end of the stream.
        }
#pragma warning disable CA1031 // One connection's handler: the fault costs that connection and no other.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _loop.LogFault(Connection!, fault);
        }

        var isLost = !_isClosed;
        if (!isLost)
        {
            using var deadline = new CancellationTokenSource(ClosingSockets.LingerMs);
            await GracefulClose.RunAsync(_link, sending, deadline.Token).ConfigureAwait(false);
        }
        else
        {
            _core.Post(_loop.Shard.Index, new HostCall(ReportLost));
        }

        _output.Abandon();
        if (_link.IsLayered && isLost)
        {
            // A client that has said its goodbye below MQTT gets the answer; a cut would be faster than that.
            await sending.WaitAsync(TimeSpan.FromMilliseconds(ClosingSockets.LingerMs)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!sending.IsCompleted)
        {
            // A client that does not read: Kestrel would wait for ever until the kernel has taken what is left.
            _link.Abort("the client does not take what is sent to it");
        }

        _link.Transport.Output.CancelPendingFlush();
        await sending.ConfigureAwait(false);    // Kestrel's pipe is used no more when it gets the connection back
    }

    /// <inheritdoc/>
    public int Send(ReadOnlySpan<byte> bytes) => _output.Write(bytes);

    /// <inheritdoc/>
    public void Close()
    {
        _isClosed = true;
        _output.Complete();
        if (!_isFeeding)
        {
            InputHandled();
        }

        _link.Transport.Input.CancelPendingRead();
    }

    /// <inheritdoc/>
    public bool Feed(Shard shard)
    {
        _isFeeding = true;
        try
        {
            while (!_isClosed && !_input.IsEmpty && Connection!.WantsInput && !_loop.IsReadingPaused)
            {
                var bytes = _input.First;
                shard.Received(Connection, bytes.Span);
                _input = _input.Slice(bytes.Length);
            }
        }
#pragma warning disable CA1031 // One connection's handler: the fault costs that connection and no other.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _loop.LogFault(Connection!, fault);
            if (!_isClosed)
            {
                Close();
                shard.Lost(Connection!);
            }
        }

        _isFeeding = false;
        if (!_isClosed && !_input.IsEmpty)
        {
            return false;
        }

        InputHandled();
        return true;
    }

    void IValueTaskSource.GetResult(short token) => _handled.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _handled.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _handled.OnCompleted(continuation, state, token, flags);

    private async Task ReadToEndAsync(PipeReader input)
    {
        while (!_isClosed)
        {
            var result = await input.ReadAsync().ConfigureAwait(false);
            if (!result.Buffer.IsEmpty)
            {
                await HandOverAsync(result.Buffer).ConfigureAwait(false);
            }

            input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>
    /// Posts bytes; the task ends when the shard has handled them or has closed the connection. Close sets _isClosed and then looks
    /// whether the pump waits; this sets the wait and then looks at _isClosed: one of them ends it.
    /// </summary>
    private ValueTask HandOverAsync(in ReadOnlySequence<byte> bytes)
    {
        _handled.Reset();
        _input = bytes;
        Interlocked.Exchange(ref _isInputWaited, 1);
        if (_isClosed)
        {
            InputHandled();
        }
        else
        {
            _core.Post(_loop.Shard.Index, _inputCall);
        }

        return new ValueTask(this, _handled.Version);
    }

    private void InputHandled()
    {
        if (Interlocked.Exchange(ref _isInputWaited, 0) == 1)
        {
            _handled.SetResult(true);
        }
    }

    private void TakeInput(Shard shard)
    {
        if (!Feed(shard))
        {
            _loop.Defer(this);
        }
    }

    private void ReportWritable(Shard shard)
    {
        if (!_isClosed)
        {
            shard.Writable(Connection!);
        }
    }

    private void ReportLost(Shard shard)
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _output.Complete();
            shard.Lost(Connection!);
        }
    }
}
