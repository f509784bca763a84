using Godwit.Broker;
using Godwit.Fuzz.Broker;
using Godwit.Fuzz.Engine;
using Godwit.Fuzz.Packets;
using Godwit.Protocol;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// A stream in pieces gives what the whole gives: in the framer, where a packet grows byte by byte, and on the broker's way from the
/// listener to the shard (<c>Handshake</c>, <c>InputTail</c>), where answers, events and counters are compared. The pieces follow from the
/// input itself.
/// </summary>
internal sealed class PacketReaderSplitTarget : FuzzTarget
{
    private static readonly byte[][] Connects =
    [
        Hex.Parse("10 0F 0006 'MQIsdp' 03 02 0000 0001 's'"),
        Hex.Parse("10 0D 0004 'MQTT' 04 02 0000 0001 's'"),
        Hex.Parse("10 0E 0004 'MQTT' 05 02 0000 00 0001 's'"),
    ];

    public override string Name => "packet-reader-split";

    public override IReadOnlyList<string> CorpusFiles => [Name, "packet-reader"];

    public override IEnumerable<CorpusEntry> BuiltInSeeds => GoldenSeeds.All;

    public override byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus) => StreamMaker.Make(random, corpus);

    /// <summary>Three brokers, and what three clients leave behind.</summary>
    public override long AllocatedBytesMax(int inputSize) => 1_000_000 + (10_000L * inputSize);

    public override void Run(ReadOnlySpan<byte> input)
    {
        foreach (var version in Enum.GetValues<ProtocolVersion>())
        {
            CheckFramer(input, version);
        }

        var random = RandomOf(input);
        byte[] stream = [.. input.IsEmpty || input[0] >> 4 != 1 ? random.Pick(Connects) : [], .. input];
        var whole = Deliver([stream]);
        Compare(whole, Deliver(Cut(stream, random)));
        Compare(whole, Deliver(stream.Chunk(1).ToList()));
    }

    /// <summary>What is incomplete becomes a packet or an error with the byte that completes it, and not before.</summary>
    private static void CheckFramer(ReadOnlySpan<byte> stream, ProtocolVersion version)
    {
        while (true)
        {
            var whole = PacketFramer.TryRead(stream, version, int.MaxValue, out var header, out _, out var size, out var error);
            var end = whole == FrameStatus.Complete ? size : stream.Length;
            for (var length = 0; length <= end; length++)
            {
                var status = PacketFramer.TryRead(stream[..length], version, int.MaxValue, out var partHeader, out var body, out var partSize, out var partError);
                if (status != FrameStatus.Incomplete)
                {
                    var isSame = (status, partHeader, partSize, partError) == (whole, header, size, error);
                    Require(isSame && (whole == FrameStatus.Invalid || (length == end && body.Length == header.RemainingLength)), $"{version}: {status} {partError} after {length} bytes, {whole} {error} as a whole");
                    break;
                }

                Require(length < end || whole == FrameStatus.Incomplete, $"{version}: incomplete after {length} bytes, {whole} as a whole");
                Require(partSize == 0 || partSize > length, $"{version}: incomplete after {length} bytes of {partSize}");
            }

            if (whole != FrameStatus.Complete)
            {
                return;
            }

            stream = stream[size..];
        }
    }

    private static Outcome Deliver(List<byte[]> pieces)
    {
        var broker = new FuzzBroker(shards: 1, new BrokerLimits(), new BrokerSettings { SysIntervalSeconds = 0 });
        var peer = new FuzzPeer(broker);
        var next = 0;
        while (next < pieces.Count && peer.Connection is null && !peer.IsClosed)
        {
            peer.Send(pieces[next++]);
        }

        // In one turn, because the end of a turn sends what waits: where turns end is visible in the order of answers and messages.
        if (next < pieces.Count)
        {
            peer.SendInOneTurn([.. pieces.Skip(next)]);
        }

        var isClosed = peer.IsClosed;
        var counters = broker.Core.SumCounters();
        peer.Drop();
        if (peer.Connection is not null)
        {
            PoolCheck.CheckReturned(peer.Connection);
        }

        return new Outcome(peer.Output.ToArray(), string.Join(' ', broker.Events), string.Join(' ', counters.PacketsReceived), isClosed);
    }

    private static List<byte[]> Cut(byte[] stream, FuzzRandom random)
    {
        var pieces = new List<byte[]>();
        for (var at = 0; at < stream.Length; at += pieces[^1].Length)
        {
            pieces.Add(stream[at..Math.Min(stream.Length, at + random.Size(32))]);
        }

        return pieces;
    }

    private static void Compare(Outcome whole, Outcome pieces)
    {
        Require(whole.IsClosed == pieces.IsClosed, $"closed as a whole: {whole.IsClosed}, in pieces: {pieces.IsClosed}");
        Require(whole.Events == pieces.Events, $"as a whole: {whole.Events}\nin pieces: {pieces.Events}");
        Require(whole.Counters == pieces.Counters, $"packets as a whole: {whole.Counters}\nin pieces: {pieces.Counters}");
        Require(
            InOrder(whole).AsSpan().SequenceEqual(InOrder(pieces)),
            $"answer as a whole: {Convert.ToHexString(whole.Output)}\nin pieces: {Convert.ToHexString(pieces.Output)}");
    }

    /// <summary>
    /// Messages, and then all the rest: messages that come together are delivered before they are acknowledged, and nothing says how those two orders
    /// have to be interleaved.
    /// </summary>
    private static byte[] InOrder(Outcome outcome) =>
        [.. PacketCutter.Cut(outcome.Output).OrderBy(packet => packet[0] >> 4 != (int)PacketType.Publish).SelectMany(packet => packet)];

    private static FuzzRandom RandomOf(ReadOnlySpan<byte> input)
    {
        var hash = 14_695_981_039_346_656_037;
        foreach (var single in input)
        {
            hash = (hash ^ single) * 1_099_511_628_211;
        }

        return new FuzzRandom(hash, 0);
    }

    private static void Require(bool isRight, string fault)
    {
        if (!isRight)
        {
            throw new InvalidOperationException(fault);
        }
    }

    private sealed record Outcome(byte[] Output, string Events, string Counters, bool IsClosed);
}
