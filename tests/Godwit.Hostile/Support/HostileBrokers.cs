using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Testing.Brokers;

namespace Godwit.Hostile.Support;

/// <summary>
/// A broker in its own process for each transport, which all cases of this project attack one after another and at the same time. A
/// case is withstood when it goes as it says, neighbours notice nothing, and a publisher and a subscriber work afterwards.
/// </summary>
public sealed class HostileBrokers : IAsyncLifetime
{
    private readonly Dictionary<string, BrokerProcess> _brokers = [];

    /// <summary>What the cases run over.</summary>
    public static TheoryData<string> Transports => OperatingSystem.IsLinux() ? ["epoll", "kestrel"] : ["kestrel"];

    public async ValueTask InitializeAsync()
    {
        foreach (var row in Transports)
        {
            _brokers[row.Data] = await BrokerProcess.StartAsync("--transport", row.Data);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var broker in _brokers.Values)
        {
            await broker.DisposeAsync();
        }
    }

    /// <summary>Runs a case beside a neighbour, and then the everyday.</summary>
    /// <param name="transport">Which broker.</param>
    /// <param name="attack">Throws when the broker does otherwise.</param>
    /// <param name="version">The version of its clients.</param>
    public async Task WithstandsAsync(string transport, Func<Probe, Task> attack, ProtocolVersion version = ProtocolVersion.Mqtt5)
    {
        var address = _brokers[transport].Address;
        var runner = new CheckRunner(Endpoint.Tcp(address.Host, address.Port), new RunnerOptions { Concurrency = 1 });
        await PassesAsync(runner, version, async probe =>
        {
            var neighbour = await probe.ConnectSubscriberAsync(probe.Topic("neighbour"), qos: 1);
            await attack(probe);
            await neighbour.PingAsync();
            await Everyday.PublishesAndSubscribesAsync(probe, neighbour);
        });
    }

    private static async Task PassesAsync(CheckRunner runner, ProtocolVersion version, Func<Probe, Task> run)
    {
        var check = new Check("A case", [], version, IsRecommendation: false, Waits: false, run);
        var result = Assert.Single(await runner.RunAsync([check], cancellationToken: TestContext.Current.CancellationToken));

        Assert.True(
            result.Outcome == CheckOutcome.Passed,
            $"sent {result.Sent}; expected {result.Expected}; came {result.Came}{result.Reason}\n  {string.Join("\n  ", result.Transcript)}");
    }
}
