using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Simulation.Clients;
using Godwit.Simulation.Oracles;

namespace Godwit.Simulation.Worlds;

/// <summary>A new client must be served in any state: it gets the retained messages, and a QoS 2 message comes back to it (I12).</summary>
internal sealed class HealthCheck(World world, SeededRandom random)
{
    private const int PatienceMs = 20_000;

    private readonly SimulatedClient _client = new(world, new ClientPlan { ClientId = "health", Version = ProtocolVersion.Mqtt5 }, random) { IsCalm = true };

    /// <summary>Goes.</summary>
    public void Leave() => _client.Disconnect(0, null);

    public void Run()
    {
        var client = _client;
        client.Connect(clean: true);
        Expect(world.WaitFor(() => client.IsConnected, PatienceMs), "is not connected");

        client.Subscribe("#", new SubscriptionOptions(QoS.ExactlyOnce, false, false, RetainHandling.SendAtSubscribe), identifier: 1);
        client.Subscribe("$z/#", new SubscriptionOptions(QoS.ExactlyOnce, false, false, RetainHandling.SendAtSubscribe), identifier: 2);
        Expect(world.WaitFor(() => !client.IsBusy, PatienceMs), "is not answered");

        var message = world.Messages.Add(new MessageTemplate("health", "health/check", QoS.ExactlyOnce), payloadSize: 16);
        client.Publish(message);
        Expect(world.WaitFor(() => !client.IsBusy && world.Oracle.SessionOf("health")!.DeliveryOf(message).Received == 1 && world.Oracle.IsDrained, PatienceMs), "does not get its message");
    }

    private static void Expect(bool isSo, string what)
    {
        if (!isSo)
        {
            throw Oracle.Violation("I12", $"the health client {what}");
        }
    }
}
