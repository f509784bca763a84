using Godwit.Protocol;

namespace Godwit.Conformance.Wire;

/// <summary>
/// One connection that sends and reads packets as they are: nothing is answered by itself. Every wait ends with the patience of
/// the run, and then the check fails.
/// </summary>
public sealed partial class WireClient : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly Transcript _transcript;
    private readonly CancellationToken _cancellation;
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;
    private ushort _lastPacketId;

    internal WireClient(string name, ProtocolVersion version, Stream stream, Transcript transcript, TimeSpan patience, CancellationToken cancellation)
    {
        Name = name;
        Version = version;
        Patience = patience;
        _stream = stream;
        _transcript = transcript;
        _cancellation = cancellation;
    }

    /// <summary>In the transcript.</summary>
    public string Name { get; }

    /// <summary>The version that packets are written and read in.</summary>
    public ProtocolVersion Version { get; }

    /// <summary>How long an answer may take.</summary>
    public TimeSpan Patience { get; }

    /// <summary>The CONNACK that accepted the client; null before.</summary>
    public Received? Connack { get; internal set; }

    /// <summary>The ClientId of its CONNECT.</summary>
    public string ClientId { get; internal set; } = "";

    /// <summary>The connection ended with a reset and not with the broker's orderly close.</summary>
    public bool WasReset { get; private set; }

    /// <summary>A Packet Identifier that this client has not used yet.</summary>
    public ushort NextPacketId() => ++_lastPacketId;

    /// <summary>Sends bytes in one write. A connection that the broker has closed meanwhile is no error here: reading tells.</summary>
    public async Task SendAsync(params byte[][] packets)
    {
        foreach (var packet in packets)
        {
            _transcript.Sent(Name, packet);
        }

        await WriteAsync(packets.Length == 1 ? packets[0] : [.. packets.SelectMany(packet => packet)]);
    }

    /// <summary>Sends bytes one by one, each in a segment of its own as far as the network allows.</summary>
    public async Task SendByteByByteAsync(byte[] packet)
    {
        _transcript.Sent(Name, packet);
        foreach (var value in packet)
        {
            await WriteAsync([value]);
        }
    }

    /// <summary>The next packet; fails when the connection ends, nothing comes, or a server must not send what comes.</summary>
    /// <param name="expected">What the check waits for, in words.</param>
    public async Task<Received> ReceiveAsync(string expected = "a packet") =>
        await ReceiveOrEndAsync(expected) ?? throw new CheckFailedException(expected, "the end of the connection");

    /// <summary>The next packet; fails when it is of another type.</summary>
    public async Task<Received> ReceiveAsync(PacketType type)
    {
        var packet = await ReceiveAsync(PacketText.NameOf(type));
        return packet.Type == type ? packet : throw new CheckFailedException(PacketText.NameOf(type), packet.ToString());
    }

    /// <summary>The next packet, or null when the connection ends without one.</summary>
    /// <param name="expected">What the check waits for, in words.</param>
    /// <param name="patience">Another limit than that of the run.</param>
    public async Task<Received?> ReceiveOrEndAsync(string expected, TimeSpan? patience = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        deadline.CancelAfter(patience ?? Patience);
        while (true)
        {
            if (TryTake() is { } packet)
            {
                _transcript.Came(Name, packet.ToString());
                return packet;
            }

            int count;
            try
            {
                count = await ReadAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (!_cancellation.IsCancellationRequested)
            {
                _transcript.Came(Name, "(nothing)");
                throw new CheckFailedException(expected, $"nothing within {(patience ?? Patience).TotalSeconds:0.#} s");
            }

            if (count == 0)
            {
                _transcript.Came(Name, "(end of connection)");
                return null;
            }
        }
    }

    /// <summary>Ends the connection without DISCONNECT.</summary>
    public async Task DropAsync()
    {
        _transcript.Came(Name, "(this client closes the connection)");
        await _stream.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _stream.DisposeAsync();

    private async Task WriteAsync(byte[] bytes)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        deadline.CancelAfter(Patience);
        try
        {
            await _stream.WriteAsync(bytes, deadline.Token);
        }
        catch (IOException)
        {
            // The broker has closed the connection; what it said before is still to be read.
        }
        catch (OperationCanceledException) when (!_cancellation.IsCancellationRequested)
        {
            throw new CheckFailedException("a broker that reads", $"a write of {bytes.Length} bytes that did not finish in {Patience.TotalSeconds:0.#} s");
        }
    }

    private async Task<int> ReadAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        try
        {
            var count = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _end += count;
            return count;
        }
        catch (IOException)
        {
            WasReset = true;
            return 0;               // a reset is an end as well
        }
    }

    private Received? TryTake()
    {
        var input = _buffer.AsSpan(_start, _end - _start);
        var status = PacketFramer.TryRead(input, Version, int.MaxValue, out var header, out var body, out var size, out var error);
        if (status == FrameStatus.Incomplete)
        {
            return null;
        }

        if (status == FrameStatus.Complete)
        {
            var packet = Received.TryRead(header, body, input[..size].ToArray(), Version, out error);
            if (packet is not null)
            {
                _start += size;
                return packet;
            }

            input = input[..size];
        }

        throw new CheckFailedException("a packet that a server may send", $"{PacketText.Of(input)}: {PacketErrors.Description(error)}");
    }
}
