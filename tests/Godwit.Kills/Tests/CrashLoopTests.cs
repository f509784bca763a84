using Godwit.Kills.Brokers;
using Godwit.Kills.Messages;
using Godwit.Kills.Wire;
using Godwit.Protocol;
using Godwit.Storage.Tools;
using Godwit.Testing.Running;

namespace Godwit.Kills.Tests;

/// <summary>A broker that is killed at every stage of its start, again and again, loses nothing and does not get stuck.</summary>
public sealed class CrashLoopTests
{
    private const int Starts = 30;
    private const int Sessions = 20;
    private const int MessagesEach = 500;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(GodwitBroker.Sync)]
    [InlineData(GodwitBroker.Os)]
    public async Task A_start_that_is_killed_at_any_moment_leaves_everything_to_the_next(string durability)
    {
        using var directory = new TemporaryDirectory();
        var data = Path.Combine(directory.Path, "data");
        await using var broker = new KilledBroker(GodwitBroker.Program(durability, shards: 2), data);
        await StartAsync(broker);
        await FillAsync(broker);
        await broker.KillAsync();
        var usual = await StartAsync(broker);
        await broker.KillAsync();

        for (var start = 0; start < Starts; start++)
        {
            broker.Start();
            await Task.Delay(usual * start / Starts, Ct);
            await broker.KillAsync();
            var found = StoreInspector.Inspect(data, cancellationToken: Ct);
            Assert.True(found.IsSound, $"after start {start}: {string.Join("; ", found.Damage)}");
            Assert.Equal((Sessions, Sessions, Sessions * MessagesEach), (found.Sessions, found.Subscriptions, (int)found.Queued));
        }

        await StartAsync(broker);
        for (var session = 0; session < Sessions; session++)
        {
            using var client = await ConnectAsync(broker, Name(session), isDurable: true);
            Assert.True(client.IsResumed);
            Assert.True(await client.ReceiveAsync(MessagesEach), $"{Name(session)} has only {client.Messages.Count} of {MessagesEach} messages");
            Assert.Equal(Enumerable.Range(0, MessagesEach), client.Messages.Select(message => message.Number));
        }
    }

    /// <summary>Starts it, and waits until it listens.</summary>
    private static async Task<TimeSpan> StartAsync(KilledBroker broker)
    {
        broker.Start();
        return await broker.ListensAsync(Ct);
    }

    private static Task<Client> ConnectAsync(KilledBroker broker, string clientId, bool isDurable) =>
        Client.ConnectAsync(broker.EndPoint, ProtocolVersion.Mqtt5, clientId, isDurable, Ct);

    private static string Name(int session) => $"loop/{session}";

    private static async Task FillAsync(KilledBroker broker)
    {
        for (var session = 0; session < Sessions; session++)
        {
            using var client = await ConnectAsync(broker, Name(session), isDurable: true);
            await client.SubscribeAsync(Name(session), QoS.ExactlyOnce);
            await client.LeaveAsync();
        }

        using var publisher = await ConnectAsync(broker, "publisher", isDurable: false);
        for (var session = 0; session < Sessions; session++)
        {
            var topic = Name(session);
            var codes = await publisher.PublishAllAsync(topic, [.. Enumerable.Range(0, MessagesEach).Select(i => Payload.Make(topic, i, 300))], QoS.AtLeastOnce);
            Assert.All(codes, code => Assert.Equal(0, code));
        }
    }
}
