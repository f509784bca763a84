using System.Runtime.InteropServices;
using Godwit.Protocol;

namespace Godwit.Cli.Clients;

/// <summary>A stream that passes everything on unchanged and shows each whole packet: before it is written, after it is read.</summary>
internal sealed class TraceStream(Stream inner, ProtocolVersion version, TraceStream.PacketSeen onSending, TraceStream.PacketSeen onReceived) : Stream
{
    private readonly List<byte> _sending = [];
    private readonly List<byte> _received = [];

    /// <summary>A packet passes. The body is only valid during the call.</summary>
    internal delegate void PacketSeen(FixedHeader header, ReadOnlySpan<byte> body);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Show(_received, buffer.Span[..count], onReceived);
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Show(_sending, buffer.Span, onSending);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Show(List<byte> pending, ReadOnlySpan<byte> arrived, PacketSeen seen)
    {
        pending.AddRange(arrived);
        var bytes = CollectionsMarshal.AsSpan(pending);
        var shown = 0;
        while (PacketFramer.TryRead(bytes[shown..], version, int.MaxValue, out var header, out var body, out var size, out _) == FrameStatus.Complete)
        {
            seen(header, body);
            shown += size;
        }

        pending.RemoveRange(0, shown);
    }
}
