using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Echo;

/// <summary>What a client library does for which a whole set of scenarios would be too much.</summary>
public abstract class EchoScenarios<TEcho> : Scenario<MosquittoTools>, IClassFixture<TEcho>
    where TEcho : EchoProgram, IEchoAbilities
{
    private readonly TEcho _program;

    protected EchoScenarios(IBrokerUnderTest broker, MosquittoTools client, TEcho program)
        : base(broker, client)
    {
        _program = program;
        program.SkipIfMissing();
    }

#pragma warning disable CA1000 // Theory data must be static, and each program has its own.
    /// <summary>Each version the library speaks.</summary>
    public static IEnumerable<TheoryDataRow<MqttVersion>> EachOfItsVersions => TEcho.Versions.Select(version => new TheoryDataRow<MqttVersion>(version));

    /// <summary>Each version with each QoS the library publishes at.</summary>
    public static IEnumerable<TheoryDataRow<MqttVersion, int>> EachOfItsVersionsAndQoS =>
        from version in TEcho.Versions
        from qos in TEcho.QoSLevels
        select new TheoryDataRow<MqttVersion, int>(version, qos);
#pragma warning restore CA1000

    [Theory, MemberData(nameof(EachOfItsVersionsAndQoS)), Spec("R24", "R42", "R54")]
    public async Task Receives_and_publishes_then_leaves_without_a_will(MqttVersion version, int qos)
    {
        var topic = Unique.Name("echo");
        await using var watcher = await WatchAsync($"{topic}/out");
        await using var echo = await _program.StartAsync(Broker, version, Unique.Name("echo"), isClean: true, $"{topic}/+/in", $"{topic}/out", qos);

        foreach (var text in new[] { "one", "two" })
        {
            await OtherPublishesAsync(version, $"{topic}/x/in", text, qos);

            var message = await watcher.NextAsync();
            Assert.Equal((text, qos), (message.Text, message.QoS));
        }

        await OtherPublishesAsync(version, $"{topic}/x/in", "leave", 1);
        Assert.Equal(0, await echo.EndAsync());
        await OtherPublishesAsync(version, $"{topic}/out", "marker", 1);
        Assert.Equal("marker", (await watcher.NextAsync()).Text);
    }

    [Theory, MemberData(nameof(EachOfItsVersions)), Spec("R30", "R41", "R54")]
    public async Task Killed_it_leaves_a_will_and_finds_its_messages_when_it_is_back(MqttVersion version)
    {
        var topic = Unique.Name("echo");
        var clientId = Unique.Name("echo");
        await using var watcher = await WatchAsync($"{topic}/out");
        Task<ProgramRun> StartAsync() => _program.StartAsync(Broker, version, clientId, isClean: false, $"{topic}/in", $"{topic}/out", 1);

        await using (var before = await StartAsync())
        {
            await before.KillAsync();
        }

        Assert.Equal("gone", (await watcher.NextAsync()).Text);
        await OtherPublishesAsync(version, $"{topic}/in", "sent while away", 1);

        await using var after = await StartAsync();
        Assert.Equal("sent while away", (await watcher.NextAsync()).Text);
    }
}
