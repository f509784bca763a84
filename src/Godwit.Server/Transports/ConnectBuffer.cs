using System.Buffers;

namespace Godwit.Server.Transports;

/// <summary>
/// The first bytes of a connection, until CONNECT is complete. Grows with what has arrived and never by a declared length, so
/// a client that promises much and sends little costs little. Its array is rented: who grows out of one leaves it to the next.
/// </summary>
internal struct ConnectBuffer
{
    private const int SizeMin = 256;

    private byte[]? _bytes;

    internal int Length { get; private set; }

    /// <summary>What it costs, in bytes.</summary>
    internal readonly int Capacity => _bytes?.Length ?? 0;

    internal readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    internal void Append(ReadOnlySpan<byte> received)
    {
        var needed = Length + received.Length;
        if (_bytes is null || needed > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(SizeMin, needed), 2 * Length));
            Span.CopyTo(larger);
            Return();
            _bytes = larger;
        }

        received.CopyTo(_bytes.AsSpan(Length));
        Length = needed;
    }

    /// <summary>Gives the array back; nothing of it may be used any more.</summary>
    internal void Release()
    {
        Return();
        _bytes = null;
        Length = 0;
    }

    private readonly void Return()
    {
        if (_bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}
