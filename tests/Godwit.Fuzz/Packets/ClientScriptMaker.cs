using Godwit.Fuzz.Client;
using Godwit.Fuzz.Engine;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Packets;

/// <summary>Makes what a server does to a client: CONNACK mostly first, packets that fit what the client asks, and now and then one that does not.</summary>
internal static class ClientScriptMaker
{
    /// <summary>A script: the first byte chooses the client, then come the steps.</summary>
    public static byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        var configuration = random.Byte();
        var maker = new PacketMaker(random, ClientConfiguration.VersionOf(configuration));
        var steps = new List<ScriptStep>();
        if (random.OneIn(5) && corpus.Count > 0)
        {
            steps.AddRange(ScriptStep.Read(random.Pick(corpus).AsSpan(1)));
        }

        for (var connections = random.Size(3); connections > 0; connections--)
        {
            steps.Add(ScriptStep.Data(0, Connack(random, maker, corpus, ClientConfiguration.VersionOf(configuration) == Protocol.ProtocolVersion.Mqtt5)));
            for (var count = random.Between(0, 16); count > 0; count--)
            {
                steps.Add(Step(random, maker, corpus));
            }

            steps.Add(new ScriptStep(0, ScriptStepKind.Drop, random.Below(2), []));
        }

        var script = new List<byte> { configuration };
        steps.ForEach(step => script.AddRange(step.Write()));
        if (random.OneIn(12))
        {
            ByteMutator.Mutate(script, random, corpus);
        }

        return [.. script];
    }

    private static byte[] Connack(FuzzRandom random, PacketMaker maker, IReadOnlyList<byte[]> corpus, bool isVersion5) => random.Below(12) switch
    {
        0 => PacketMutator.Mutate(maker.Connack(), random, corpus),
        1 => maker.Connack(),
        2 => maker.FromServer(),
        3 or 4 or 5 => Raw.Packet(0x20, [1, 0, .. isVersion5 ? new byte[1] : []]),
        _ => Raw.Packet(0x20, [0, 0, .. isVersion5 ? new byte[1] : []]),
    };

    private static ScriptStep Step(FuzzRandom random, PacketMaker maker, IReadOnlyList<byte[]> corpus)
    {
        switch (random.Below(8))
        {
            case 0:
                return new ScriptStep(0, ScriptStepKind.Wait, random.Below(16), []);

            case 1:
                return new ScriptStep(0, ScriptStepKind.ReadOn, random.Below(16), []);

            case 2 or 3:
                return new ScriptStep(0, ScriptStepKind.Room, random.Below(1000), []);

            default:
                var bytes = new List<byte>();
                for (var count = random.Size(4); count > 0; count--)
                {
                    var packet = maker.FromServer();
                    bytes.AddRange(random.OneIn(25) ? PacketMutator.Mutate(packet, random, corpus) : packet);
                }

                return ScriptStep.Data(0, [.. bytes]);
        }
    }
}
