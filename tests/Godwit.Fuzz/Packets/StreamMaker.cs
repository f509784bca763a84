using Godwit.Fuzz.Engine;
using Godwit.Protocol;

namespace Godwit.Fuzz.Packets;

/// <summary>Makes streams of packets: out of the corpus and out of the dictionary, some of them changed, sometimes spoilt as a whole.</summary>
internal static class StreamMaker
{
    private static readonly ProtocolVersion[] Versions = [ProtocolVersion.Mqtt31, ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5, ProtocolVersion.Mqtt5];

    public static byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        var packets = new List<byte[]>();
        var maker = new PacketMaker(random, random.Pick(Versions));
        for (var count = random.Size(6); count > 0; count--)
        {
            if (random.OneIn(2) && corpus.Count > 0)
            {
                packets.AddRange(PacketCutter.Cut(random.Pick(corpus)));
            }
            else
            {
                packets.Add(random.OneIn(5) ? maker.Connect() : random.OneIn(2) ? maker.FromClient() : maker.FromServer());
            }
        }

        Mutate(packets, random, corpus);
        var stream = packets.SelectMany(packet => packet).ToList();
        if (random.OneIn(6))
        {
            ByteMutator.Mutate(stream, random, corpus);
        }

        return [.. stream];
    }

    /// <summary>Changes single packets and their order.</summary>
    public static void Mutate(List<byte[]> packets, FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        for (var count = random.Below(4); count > 0 && packets.Count > 0; count--)
        {
            var at = random.Below(packets.Count);
            switch (random.Below(8))
            {
                case 0:
                    packets.RemoveAt(at);
                    break;

                case 1:
                    packets.Insert(random.Below(packets.Count + 1), packets[at]);
                    break;

                case 2:
                    var to = random.Below(packets.Count);
                    (packets[at], packets[to]) = (packets[to], packets[at]);
                    break;

                default:
                    packets[at] = PacketMutator.Mutate(packets[at], random, corpus);
                    break;
            }
        }
    }
}
