using Godwit.Fuzz.Engine;
using Godwit.Fuzz.Models;
using Godwit.Fuzz.Packets;
using Godwit.Protocol;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// Any bytes are a stream in every version and from either side: each packet is framed as <see cref="FrameModel"/> says, then read or
/// refused with a value. Nothing is thrown, and nothing is allocated.
/// </summary>
internal sealed class PacketReaderTarget : FuzzTarget
{
    public override string Name => "packet-reader";

    public override IEnumerable<CorpusEntry> BuiltInSeeds => GoldenSeeds.All;

    public override byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus) => StreamMaker.Make(random, corpus);

    /// <summary>Nothing but the enumerator over <see cref="Readings.All"/>.</summary>
    public override long AllocatedBytesMax(int inputSize) => 0;

    public override void Run(ReadOnlySpan<byte> input)
    {
        for (var i = 0; i < Readings.All.Count; i++)
        {
            var (version, sender) = Readings.All[i];
            var rest = input;
            while (TakePacket(ref rest, version, sender))
            {
            }
        }
    }

    /// <summary>Frames and reads one packet, then goes behind it.</summary>
    /// <returns>False: the stream ends here, or cannot be framed any further.</returns>
    private static bool TakePacket(ref ReadOnlySpan<byte> rest, ProtocolVersion version, PacketSender sender)
    {
        var status = PacketFramer.TryRead(rest, version, int.MaxValue, out var header, out var body, out var size, out var error);
        var expected = FrameModel.Read(rest, version);
        if ((status, error, size) != expected)
        {
            throw new InvalidOperationException($"{version}: framed as {(status, error, size)} instead of {expected}.");
        }

        if (status != FrameStatus.Complete)
        {
            CheckSizeLimit(rest, version, size);
            return false;
        }

        if (body.Length != header.RemainingLength || body != rest[(size - body.Length)..size])
        {
            throw new InvalidOperationException($"{version}: the body is not what follows the fixed header.");
        }

        var result = PacketProbe.Read(rest, version, sender);
        if (!Enum.IsDefined(result))
        {
            throw new InvalidOperationException($"{version}: {result} is no error.");
        }

        rest = rest[size..];
        return true;
    }

    /// <summary>A packet above the limit is refused as soon as its size is known, at the limit it is not.</summary>
    private static void CheckSizeLimit(ReadOnlySpan<byte> rest, ProtocolVersion version, int size)
    {
        if (size > 0)
        {
            var above = PacketFramer.TryRead(rest, version, size - 1, out _, out _, out _, out var error);
            var at = PacketFramer.TryRead(rest, version, size, out _, out _, out _, out _);
            if (above != FrameStatus.Invalid || error != PacketError.PacketTooLarge || at != FrameStatus.Incomplete)
            {
                throw new InvalidOperationException($"{version}: a packet of {size} bytes is {above} with a limit of one byte less, {at} at the limit.");
            }
        }
    }
}
