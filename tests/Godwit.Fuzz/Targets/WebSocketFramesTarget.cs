using System.Net.WebSockets;
using Godwit.Fuzz.Engine;
using Godwit.Fuzz.Models;
using Godwit.Server.Listeners.WebSockets;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// Frames of a WebSocket client. What the broker reads from them is what a plain model takes out of them, however they are cut; they end with the
/// end of the stream or with an <see cref="IOException"/>, and text is answered with 1003. The first byte of an input says into what pieces the
/// rest is cut.
/// </summary>
internal sealed class WebSocketFramesTarget : TextTarget
{
    private const int StepsMax = 100_000;

    public override string Name => "websocket-frames";

    /// <summary>A WebSocket with its buffers, twice.</summary>
    public override long AllocatedBytesMax(int inputSize) => 200_000 + (2_000L * inputSize);

    protected override IReadOnlyList<string> Words { get; } = ["\u0002", "\u0000\u0000\u0000\u0000", "~", "mqtt"];

    public override byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        var frames = new List<byte> { random.Byte() };
        for (var count = random.Size(8); count > 0; count--)
        {
            frames.AddRange(MakeFrame(random));
        }

        if (random.OneIn(3))
        {
            ByteMutator.Mutate(frames, random, corpus);
        }

        return [.. frames];
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var frames = input[1..].ToArray();
        var model = WebSocketModel.Read(frames);
        foreach (var piece in (int[])[1 + (input[0] % 16), 4096])
        {
            var (bytes, isFault, answer) = Read(frames, piece);
            Require(bytes.AsSpan().SequenceEqual(model.Payload), $"in pieces of {piece} it reads {Convert.ToHexString(bytes)} and should read {Convert.ToHexString(model.Payload)}");
            Require(isFault == model.IsFault || model.IsText, $"in pieces of {piece} it {(isFault ? "is" : "is not")} a fault");
            Require(!model.IsText || isFault || answer.AsSpan().EndsWith((ReadOnlySpan<byte>)[0x88, 2, 0x03, 0xEB]), "text is not answered with 1003");
        }
    }

    private static (byte[] Bytes, bool IsFault, byte[] Answer) Read(byte[] frames, int piece)
    {
        using var pipe = new Pieces(frames, piece);
        using var socket = WebSocket.CreateFromStream(pipe, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.Zero });
        using var stream = new FrameStream(socket);
        var bytes = new List<byte>();
        var buffer = new byte[97];
        try
        {
            for (var step = 0; step < StepsMax; step++)
            {
                var reading = stream.ReadAsync(buffer).AsTask();
                Require(reading.IsCompleted, "it waits for bytes that will not come");
                var count = reading.GetAwaiter().GetResult();
                if (count == 0)
                {
                    return ([.. bytes], IsFault: false, pipe.Written);
                }

                bytes.AddRange(buffer[..count]);
            }
        }
        catch (IOException)
        {
            return ([.. bytes], IsFault: true, pipe.Written);
        }

        throw new InvalidOperationException("it never ends");
    }

    private static List<byte> MakeFrame(FuzzRandom random)
    {
        var payload = random.Bytes(random.OneIn(10) ? 126 + random.Below(100) : random.Below(20));
        var opcode = random.Below(12) switch { 0 => 1, 1 => 8, 2 => 9, 3 => 10, 4 or 5 => 0, 6 => random.Below(16), _ => 2 };
        var isLast = random.OneIn(4) ? 0 : 0x80;
        if (opcode is 8)
        {
            payload = random.OneIn(3) ? payload : [0x03, 0xE8];
        }

        byte[] mask = random.OneIn(4) ? [0, 0, 0, 0] : random.Bytes(4);
        var frame = new List<byte> { (byte)(isLast | (random.OneIn(30) ? 0x40 : 0) | opcode) };
        var masked = random.OneIn(30) ? 0 : 0x80;
        frame.AddRange(payload.Length < 126 ? [(byte)(masked | payload.Length)] : [(byte)(masked | 126), (byte)(payload.Length >> 8), (byte)payload.Length]);
        frame.AddRange(masked == 0 ? [] : mask);
        frame.AddRange(payload.Select((single, i) => (byte)(single ^ mask[i % 4])));
        return frame;
    }

    /// <summary>What the client sends, in pieces, all there at once; and what it is sent.</summary>
    private sealed class Pieces(byte[] bytes, int piece) : MemoryStream(bytes, writable: false)
    {
        private readonly MemoryStream _written = new();

        public byte[] Written => _written.ToArray();

        public override bool CanWrite => true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span[..Math.Min(buffer.Length, piece)]));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _written.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}
