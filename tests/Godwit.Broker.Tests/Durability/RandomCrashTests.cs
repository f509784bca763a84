namespace Godwit.Broker.Tests.Durability;

/// <summary>Everything at once, at random. A seed that fails is a test: run it alone, then write down what it found.</summary>
public sealed class RandomCrashTests
{
    private const int Steps = 4000;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 40)];

    [Theory, Spec("Trap-94", "Trap-54", "MQTT-4.3.2-1", "MQTT-4.3.3-2", "MQTT-4.4.0-1", "MQTT-4.6.0-5")]
    [MemberData(nameof(Seeds))]
    public void Nothing_acknowledged_is_lost_and_QoS_2_comes_exactly_once_whenever_the_broker_crashes(int seed)
    {
        var world = new ChaosWorld(seed);
        for (var step = 0; step < Steps; step++)
        {
            world.Step();
        }

        world.Settle();

        world.Check();
        Assert.True(world.HasCrashed);
    }
}
