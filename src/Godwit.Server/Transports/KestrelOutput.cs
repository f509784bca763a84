using System.Buffers;
using System.IO.Pipelines;

namespace Godwit.Server.Transports;

/// <summary>
/// The sending half of a Kestrel connection: a pipe of our own, which the shard alone writes, and a loop that moves its bytes to
/// Kestrel's. Up to <see cref="BytesMax"/> are taken without waiting; <see cref="SendAsync"/> ends when all of them have left.
/// </summary>
/// <remarks>
/// Kestrel's own output pipe is set up so that a flush ends when the kernel has taken everything (<see cref="KestrelListener"/>);
/// it must not be touched once Kestrel has the connection back, which a shard could not know. Hence the second pipe. For plain TCP its
/// reader runs inline: the first bytes reach Kestrel's pipe on the shard's thread.
/// </remarks>
internal sealed class KestrelOutput
{
    /// <summary>Bytes held before the client counts as congested.</summary>
    internal const int BytesMax = 64 * 1024;

    private const int Idle = 0;
    private const int Flushing = 1;
    private const int Refused = 2;              // flushing, and Write took less than all

    private static readonly PipeOptions Inline = CreateOptions(PipeScheduler.Inline);
    private static readonly PipeOptions Apart = CreateOptions(PipeScheduler.ThreadPool);

    private readonly Pipe _pipe;
    private readonly Action _writable;
    private readonly Action _flushed;
    private ValueTask<FlushResult> _flush;
    private int _state;
    private volatile bool _isBroken;

    /// <summary>Makes an empty pipe.</summary>
    /// <param name="writable">Called on any thread when more is taken after <see cref="Write"/> took less than all.</param>
    /// <param name="isInline">The shard's thread may send; else another one does, because sending is work: encryption, frames.</param>
    internal KestrelOutput(Action writable, bool isInline)
    {
        _pipe = new Pipe(isInline ? Inline : Apart);
        _writable = writable;
        _flushed = Flushed;
    }

    /// <summary>Takes bytes. The shard's thread.</summary>
    /// <returns>Bytes taken; all of them when the connection is broken.</returns>
    internal int Write(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (taken < bytes.Length && !_isBroken)
        {
            if (Interlocked.CompareExchange(ref _state, Refused, Flushing) != Idle)
            {
                return taken;
            }

            var size = Math.Min(bytes.Length - taken, BytesMax);
            _pipe.Writer.Write(bytes.Slice(taken, size));
            Flush();
            taken += size;
        }

        return bytes.Length;
    }

    /// <summary>Nothing follows. The shard's thread.</summary>
    internal void Complete() => _pipe.Writer.Complete();

    /// <summary>The connection is lost: ends <see cref="SendAsync"/>. Any thread.</summary>
    internal void Abandon() => _pipe.Reader.CancelPendingRead();

    /// <summary>Moves bytes until <see cref="Complete"/> was called and all have left, or the connection is broken.</summary>
    internal async Task SendAsync(PipeWriter target)
    {
        try
        {
            while (true)
            {
                var result = await _pipe.Reader.ReadAsync().ConfigureAwait(false);
                foreach (var segment in result.Buffer)
                {
                    target.Write(segment.Span);
                }

                var isEnded = !result.Buffer.IsEmpty && (await target.FlushAsync().ConfigureAwait(false)).IsCompleted;
                _pipe.Reader.AdvanceTo(result.Buffer.End);
                if (isEnded || result.IsCompleted || result.IsCanceled)
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (GracefulClose.IsEndOfConnection(exception))
        {
            // Reset by the peer: the pump finds the same and reports it.
        }
        finally
        {
            _isBroken = true;
            await _pipe.Reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static PipeOptions CreateOptions(PipeScheduler reader) => new(
        readerScheduler: reader,
        writerScheduler: PipeScheduler.ThreadPool,
        pauseWriterThreshold: BytesMax,
        resumeWriterThreshold: BytesMax / 2,
        useSynchronizationContext: false);

    private void Flush()
    {
#pragma warning disable CA2012 // Kept until it ends; it is consumed once, here or in Flushed.
        _flush = _pipe.Writer.FlushAsync();
#pragma warning restore CA2012
        if (_flush.IsCompleted)
        {
            _isBroken |= _flush.GetAwaiter().GetResult().IsCompleted;
            return;
        }

        Volatile.Write(ref _state, Flushing);
        _flush.GetAwaiter().UnsafeOnCompleted(_flushed);
    }

    private void Flushed()
    {
        _isBroken |= _flush.GetAwaiter().GetResult().IsCompleted;
        if (Interlocked.Exchange(ref _state, Idle) == Refused)
        {
            _writable();
        }
    }
}
