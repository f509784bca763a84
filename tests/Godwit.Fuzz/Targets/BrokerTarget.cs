using Godwit.Fuzz.Broker;
using Godwit.Fuzz.Engine;
using Godwit.Fuzz.Packets;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// A script of up to four connections at a time into a whole broker. No fault; what it sends is MQTT; afterwards two clients that behave
/// are served, and when all have left and all times are over nothing is left behind.
/// </summary>
internal sealed class BrokerTarget : FuzzTarget
{
    public override string Name => "broker";

    public override byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus) => ScriptMaker.Make(random, corpus);

    public override long AllocatedBytesMax(int inputSize) => 4_000_000 + (20_000L * inputSize);

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2)
        {
            return;
        }

        var run = new BrokerRun(BrokerConfiguration.Create(input[0]), input[1]);
        foreach (var step in ScriptStep.Read(input[2..]))
        {
            run.Do(step);
        }

        run.CheckHealth();
        run.CheckEnd();
    }
}
