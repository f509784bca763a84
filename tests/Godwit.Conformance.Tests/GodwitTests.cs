using Godwit.Conformance.Reports;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Testing.Brokers;

namespace Godwit.Conformance.Tests;

/// <summary>The whole suite against this broker, in its own process, over both transports.</summary>
public sealed class GodwitTests(ITestOutputHelper output)
{
    public static TheoryData<string> Transports => OperatingSystem.IsLinux() ? ["epoll", "kestrel"] : ["kestrel"];

    [Theory, MemberData(nameof(Transports)), Spec("R50")]
    public async Task No_check_fails(string transport)
    {
        await using var broker = await BrokerProcess.StartAsync("--transport", transport);
        var runner = new CheckRunner(Endpoint.Tcp(broker.Address.Host, broker.Address.Port), new RunnerOptions());

        var results = await runner.RunAsync(CheckCatalog.All, cancellationToken: TestContext.Current.CancellationToken);

        var report = new StringWriter();
        TextReport.Write(report, results, isVerbose: true);
        output.WriteLine(report.ToString());
        var failures = results.Where(result => result.Outcome is CheckOutcome.Failed or CheckOutcome.NotRun).Select(Describe).ToList();
        Assert.True(failures.Count == 0, string.Join("\n", failures));
        Assert.All(
            [ProtocolVersion.Mqtt31, ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5],
            version => Assert.Contains(results, result => result.Check.Version == version && result.Outcome == CheckOutcome.Passed));
    }

    private static string Describe(CheckResult result) =>
        $"{result.Check.FullName}: sent {result.Sent}; expected {result.Expected}; came {result.Came}{result.Reason}\n  {string.Join("\n  ", result.Transcript)}\n";
}
