using Godwit.Fuzz.Engine;
using Godwit.Fuzz.Models;
using Godwit.Fuzz.Packets;
using Godwit.Protocol;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// Properties in every place where MQTT 5.0 has them, against the table of the specification. The first byte of an input chooses the
/// place; the others are the properties, with the right lengths around them.
/// </summary>
internal sealed class PropertyMatrixTarget : FuzzTarget
{
    public override string Name => "property-matrix";

    public override int InputBytesMax => 1024;

    /// <summary>A packet around the input, its text twice over, and the model's copies.</summary>
    public override long AllocatedBytesMax(int inputSize) => 100_000 + (2000L * inputSize);

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (!input.IsEmpty)
        {
            Check(PropertyPlace.All[input[0] % PropertyPlace.All.Count], input[1..]);
        }
    }

    public override byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        var place = random.Below(PropertyPlace.All.Count);
        var block = new List<byte>();
        for (var count = random.Size(5); count > 0; count--)
        {
            byte[] property = random.OneIn(4) ? PropertyMaker.Any(random) : PropertyMaker.AllowedIn(PropertyPlace.All[place].Name, random);
            for (var times = random.OneIn(6) ? 2 : 1; times > 0; times--)
            {
                block.AddRange(property);
            }
        }

        if (random.OneIn(4) && corpus.Count > 0)
        {
            block.AddRange(random.Pick(corpus).AsSpan(1));
        }

        switch (random.Below(6))
        {
            case 0:
                var kept = random.Below(block.Count);
                block.RemoveRange(kept, block.Count - kept);
                break;

            case 1:
                ByteMutator.Mutate(block, random, corpus);
                break;
        }

        return [(byte)place, .. block];
    }

    /// <summary>The product's reader gives the model's answer, and writes what it has accepted as it was.</summary>
    public static void Check(PropertyPlace place, ReadOnlySpan<byte> properties)
    {
        var expected = PropertyModel.Judge(place, properties);
        var packet = place.Packet(properties);
        var read = PacketDecoder.Decode(packet, ProtocolVersion.Mqtt5, SenderOf(place));
        if (read.Error != expected)
        {
            throw new InvalidOperationException($"{place.Name} with {Convert.ToHexString(properties)}: {read.Error} instead of {expected}.");
        }

        if (expected == PacketError.None && !read.Rewritten.AsSpan().SequenceEqual(CanonicalForm.Of(packet, ProtocolVersion.Mqtt5)))
        {
            throw new InvalidOperationException($"{place.Name} with {Convert.ToHexString(properties)} is written as {Convert.ToHexString(read.Rewritten)}.");
        }
    }

    /// <summary>A Session Expiry Interval stands in a client's DISCONNECT only [MQTT-3.14.2-2], and a client reads AUTH of both.</summary>
    private static PacketSender SenderOf(PropertyPlace place) =>
        place.Name is "CONNACK" or "SUBACK" or "UNSUBACK" ? PacketSender.Server : PacketSender.Client;
}
