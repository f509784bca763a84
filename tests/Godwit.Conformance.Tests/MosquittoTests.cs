using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Conformance.Tests;

/// <summary>
/// The suite finds in Debian's mosquitto 2.0.11 exactly what is known to be wrong there: nothing is overlooked, and nobody is
/// accused without cause. The list says what the broker does instead.
/// </summary>
public sealed class MosquittoTests
{
    private static readonly string ListPath = Path.Combine(Repository.Root, "tests", "Godwit.Conformance.Tests", "mosquitto-2.0.11.tsv");

    [Fact]
    public async Task The_suite_finds_exactly_the_known_deviations()
    {
        await using var broker = await MosquittoProcess.StartAsync();
        var version = await broker.VersionAsync();
        Assert.SkipUnless(version == "2.0.11", $"the list is about mosquitto 2.0.11, here is {version}");
        var runner = new CheckRunner(Endpoint.Tcp(broker.Address.Host, broker.Address.Port), new RunnerOptions());

        var results = await runner.RunAsync(CheckCatalog.All, cancellationToken: TestContext.Current.CancellationToken);

        var known = DeviationList.Read(await File.ReadAllTextAsync(ListPath, TestContext.Current.CancellationToken));
        var differences = DeviationList.Compare(known, results).ToList();
        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }
}
