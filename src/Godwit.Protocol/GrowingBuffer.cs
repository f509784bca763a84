using System.Buffers;

namespace Godwit.Protocol;

/// <summary>
/// Bytes that are collected one piece after another: first in a buffer of the caller (usually on the stack), then in a rented
/// one, which <see cref="Dispose"/> gives back.
/// </summary>
internal ref struct GrowingBuffer
{
    private Span<byte> _buffer;
    private byte[]? _rented;
    private int _length;

    public GrowingBuffer(Span<byte> initial) => _buffer = initial;

    /// <summary>What was written so far; valid until the next Reserve or Dispose.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    /// <summary>Makes room behind the last written byte.</summary>
    /// <returns>At least <paramref name="size"/> bytes; what is used is then named with <see cref="Advance"/>.</returns>
    public Span<byte> Reserve(int size)
    {
        if (_buffer.Length - _length < size)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + size, 2 * _buffer.Length));
            _buffer[.._length].CopyTo(larger);
            if (_rented is not null)
            {
                ArrayPool<byte>.Shared.Return(_rented);
            }

            _buffer = _rented = larger;
        }

        return _buffer[_length..];
    }

    public void Advance(int count) => _length += count;

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }

        this = default;
    }
}
