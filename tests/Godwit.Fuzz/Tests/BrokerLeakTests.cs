using Godwit.Fuzz.Broker;
using Godwit.Fuzz.Engine;
using Godwit.Fuzz.Packets;

namespace Godwit.Fuzz.Tests;

/// <summary>Scripts one after the other into the same broker: what one leaves behind would pile up.</summary>
public sealed class BrokerLeakTests
{
    private const int Scripts = 500;
    private const int GrowthBytesMax = 300_000;     // 600 bytes a script: less than any session, queue or connection

    [Theory, Spec("Hostile-10", "Hostile-20")]
    [InlineData(0)]
    [InlineData(42)]
    [InlineData(77)]
    public void Memory_stays_flat(byte configuration)
    {
        var broker = BrokerConfiguration.Create(configuration);
        var iteration = 0UL;
        long Run()
        {
            for (var i = 0; i < Scripts; i++)
            {
                Play(broker, ScriptMaker.Make(new FuzzRandom(configuration, iteration++), corpus: []));
            }

            return GC.GetTotalMemory(forceFullCollection: true);
        }

        Run();                                      // pools and tables reach the size that they keep
        var before = Run();
        var after = Run();

        Assert.InRange(after - before, long.MinValue, GrowthBytesMax);
    }

    private static void Play(FuzzBroker broker, byte[] script)
    {
        if (script.Length < 2)
        {
            return;
        }

        var run = new BrokerRun(broker, script[1]);
        foreach (var step in ScriptStep.Read(script.AsSpan(2)))
        {
            run.Do(step);
        }

        run.CheckEnd();
        broker.Events.Clear();
    }
}
