using Godwit.Broker;
using Godwit.Protocol;
using Godwit.Simulation.Clients;
using Godwit.Simulation.Oracles;

namespace Godwit.Simulation.Worlds;

/// <summary>Everybody ends their session and clears what is retained: then the broker must hold nothing, and have counted it all back (I10).</summary>
internal sealed class TearDown(World world, IReadOnlyList<SimulatedClient> clients)
{
    private const int PatienceMs = 60_000;

    public void Run(BrokerCore core)
    {
        foreach (var client in clients)
        {
            client.IsLeaving = true;
            client.Connect(clean: true);
        }

        Expect(world.WaitFor(() => clients.All(client => client.IsConnected), PatienceMs), "not everybody can connect");
        ClearRetained();                        // and with it what wills have left
        Expect(world.WaitFor(() => clients.All(client => client.IsConnected), PatienceMs), "not everybody can stay connected");
        world.Close();
        foreach (var client in clients)
        {
            client.Disconnect(0, client.Plan is { IsPersistent: true, ExpirySeconds: > 0 } ? 0 : null);
        }

        var isEmpty = world.WaitFor(() => IsEmpty(core), PatienceMs);
        var sum = core.SumCounters();
        Expect(isEmpty, $"left: {sum.Sessions} sessions, {sum.Connected} connected, {core.SubscriptionCount} subscriptions, {core.RetainedCount} retained, {sum.Queued} queued, {sum.QueuedBytes} bytes");
    }

    private static bool IsEmpty(BrokerCore core)
    {
        var sum = core.SumCounters();
        return sum is { Sessions: 0, Connected: 0, Queued: 0, QueuedBytes: 0 }
            && core.SubscriptionCount == 0
            && core.RetainedCount == 0
            && core.Shards.All(shard => shard.Mailbox.Bytes == 0);
    }

    private void ClearRetained()
    {
        var topics = world.Oracle.Retained.Topics.Concat(world.Plan.HasRights ? Choices.Guarded : []).ToList();
        var client = new SimulatedClient(world, new ClientPlan { ClientId = "broom", Version = ProtocolVersion.Mqtt5 }, new SeededRandom(1)) { IsCalm = true };
        client.Connect(clean: true);
        Expect(world.WaitFor(() => client.IsConnected, PatienceMs), "the broom is not connected");
        foreach (var topic in topics)
        {
            client.Publish(new MessageTemplate("broom", topic, QoS.AtLeastOnce) { Retain = true }.Make(0, []));
        }

        Expect(world.WaitFor(() => !client.IsBusy && world.Oracle.IsDrained, PatienceMs), "the broom is not answered");
        client.Disconnect(0, null);
    }

    private static void Expect(bool isSo, string what)
    {
        if (!isSo)
        {
            throw Oracle.Violation("I10", $"when all have left: {what}");
        }
    }
}
