using Godwit.Fuzz.Engine;
using Godwit.Fuzz.Models;
using Godwit.Fuzz.Packets;
using Godwit.Protocol;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// What was read and is written again has the one form that <see cref="CanonicalForm"/> names, and reading that gives the same packet
/// and the same bytes again. What stands behind a packet changes nothing.
/// </summary>
internal sealed class ReaderWriterTarget : FuzzTarget
{
    public override string Name => "reader-writer";

    public override IReadOnlyList<string> CorpusFiles => [Name, "packet-reader"];

    public override IEnumerable<CorpusEntry> BuiltInSeeds => GoldenSeeds.All;

    public override byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus) => StreamMaker.Make(random, corpus);

    /// <summary>Six readings, each described as text three times; a property of 5 bytes is a line of 40 characters.</summary>
    public override long AllocatedBytesMax(int inputSize) => 300_000 + (4000L * inputSize);

    public override void Run(ReadOnlySpan<byte> input)
    {
        foreach (var (version, sender) in Readings.All)
        {
            var rest = input;
            while (!rest.IsEmpty)
            {
                var read = PacketDecoder.Decode(rest, version, sender);
                if (read.Status != FrameStatus.Complete)
                {
                    break;
                }

                Check(read, rest[..read.PacketSize], version, sender);
                rest = rest[read.PacketSize..];
            }
        }
    }

    private static void Check(Decoded read, ReadOnlySpan<byte> packet, ProtocolVersion version, PacketSender sender)
    {
        var alone = PacketDecoder.Decode(packet, version, sender);
        if (alone.Error != read.Error || !string.Equals(alone.Text, read.Text, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{version}: {alone.Error} {alone.Text} alone, {read.Error} {read.Text} with something behind it.");
        }

        if (read.Text is null)
        {
            return;
        }

        var expected = CanonicalForm.Of(packet, version);
        if (!read.Rewritten.AsSpan().SequenceEqual(expected))
        {
            throw new InvalidOperationException(
                $"{version}: {read.Text}: {Convert.ToHexString(packet)} is written as {Convert.ToHexString(read.Rewritten)} instead of {Convert.ToHexString(expected)}.");
        }

        var again = PacketDecoder.Decode(read.Rewritten, version, sender);
        if (!string.Equals(again.Text, read.Text, StringComparison.Ordinal) || !again.Rewritten.AsSpan().SequenceEqual(read.Rewritten))
        {
            throw new InvalidOperationException($"{version}: {read.Text} is read back as {again.Error} {again.Text}.");
        }
    }
}
