using Godwit.Client.Sessions;

namespace Godwit.Client.Connections;

/// <summary>Bytes that go to the stream with one write, and the QoS 0 messages among them, which are done when it is.</summary>
internal sealed class WriteBatch
{
    /// <summary>Buffers that grew beyond this for one large packet are not kept.</summary>
    private const int KeptBytes = 256 * 1024;

    private readonly List<OutboundMessage> _written = [];
    private byte[] _bytes = new byte[4096];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, Length);

    /// <summary>Appends exactly <paramref name="size"/> bytes for the caller to fill.</summary>
    public Span<byte> Append(int size)
    {
        if (_bytes.Length - Length < size)
        {
            Array.Resize(ref _bytes, Math.Max(Length + size, 2 * _bytes.Length));
        }

        var span = _bytes.AsSpan(Length, size);
        Length += size;
        return span;
    }

    /// <summary>The message is done when this batch is written.</summary>
    public void AddWritten(OutboundMessage message) => _written.Add(message);

    /// <summary>The write is over; the batch is empty again.</summary>
    public void Succeed()
    {
        foreach (var message in _written)
        {
            message.TrySetResult(MqttPublishResult.Success);
        }

        _written.Clear();
        Length = 0;
        if (_bytes.Length > KeptBytes)
        {
            _bytes = new byte[4096];
        }
    }

    /// <summary>The connection is gone. A write may still be using the bytes; they are left alone.</summary>
    public void Fail(Exception exception)
    {
        foreach (var message in _written)
        {
            message.TrySetException(exception);
        }

        _written.Clear();
    }
}
