using System.Globalization;
using Godwit.Kills.Brokers;
using Godwit.Kills.Judging;
using Godwit.Kills.Suite;
using Godwit.Protocol;
using Godwit.Testing.Running;

namespace Godwit.Kills.Tests;

/// <summary>A short run of what ./kills does for a night; <c>GODWIT_KILLS</c> changes how short.</summary>
public sealed class KillTests
{
    private const int ControlKills = 6;

    private static readonly int Kills =
        int.TryParse(Environment.GetEnvironmentVariable("GODWIT_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 20;

    [Theory, Spec("R18", "R19", "R30", "R43", "Trap-94", "Trap-39", "Hostile-27", "Hostile-28")]
    [InlineData(GodwitBroker.Sync, "5.0", 2, true, 1)]
    [InlineData(GodwitBroker.Sync, "3.1.1", 1, false, 2)]
    [InlineData(GodwitBroker.Interval, "5.0", 1, true, 7)]
    [InlineData(GodwitBroker.Os, "3.1.1", 2, false, 8)]
    public async Task Everything_that_was_acknowledged_survives_kill_9(string durability, string version, int shards, bool hasGarbage, int seed)
    {
        var report = await RunAsync(GodwitBroker.Program(durability, shards), version, Kills, seed, hasGarbage: hasGarbage);

        Assert.True(report.Findings.Total == 0, report.ToString());
        Assert.Equal(Kills, report.Kills);
        Assert.Equal(hasGarbage, report.TornNamed > 0);
        Assert.True(report.Deliveries > 0 && report.Wills > 0, report.ToString());
    }

    [Theory]
    [InlineData("5.0")]
    [InlineData("3.1.1")]
    public async Task A_broker_that_nobody_kills_loses_nothing(string version)
    {
        var report = await RunAsync(GodwitBroker.Program(GodwitBroker.Sync), version, kills: 0, seed: 3);

        Assert.True(report.Findings.Total == 0, report.ToString());
        Assert.True(report.Deliveries > 0, report.ToString());
    }

    [Theory]
    [InlineData("5.0")]
    [InlineData("3.1.1")]
    public async Task A_broker_that_forgets_nothing_is_not_accused(string version)
    {
        var report = await RunAsync(GodwitBroker.Program(GodwitBroker.Memory), version, Kills, seed: 6, isUnforgetting: true);

        Assert.True(report.Findings.Total == 0, report.ToString());
        Assert.True(report.Wills > 0, report.ToString());
    }

    [Theory]
    [InlineData("5.0")]
    [InlineData("3.1.1")]
    public async Task A_broker_that_keeps_nothing_is_found_out(string version)
    {
        var report = await RunAsync(GodwitBroker.Program(GodwitBroker.Memory), version, ControlKills, seed: 4);

        AssertLosses(report);
        Assert.True(report.Findings[Fault.SessionLost] > 0, report.ToString());
        Assert.True(report.Findings[Fault.RetainedLost] > 0, report.ToString());
        Assert.True(report.Findings[Fault.WillLost] > 0, report.ToString());
    }

    [Theory]
    [InlineData(true, "5.0")]
    [InlineData(true, "3.1.1")]
    [InlineData(false, "5.0")]
    public async Task A_broker_that_acknowledges_before_it_writes_is_found_out(bool savesOnChanges, string version) =>
        AssertLosses(await RunAsync(MosquittoBroker.Program(savesOnChanges), version, ControlKills, seed: 5));

    private static void AssertLosses(KillReport report)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        Assert.True(report.Findings[Fault.Lost] > 0, report.ToString());
    }

    private static async Task<KillReport> RunAsync(BrokerProgram program, string version, int kills, int seed, bool isUnforgetting = false, bool hasGarbage = false)
    {
        using var directory = new TemporaryDirectory();
        var options = new KillOptions
        {
            Program = program,
            Version = version == "5.0" ? ProtocolVersion.Mqtt5 : ProtocolVersion.Mqtt311,
            Kills = kills,
            Seed = seed,
            IsUnforgetting = isUnforgetting,
            HasGarbage = hasGarbage,
            Directory = directory.Path,
        };
        return await KillRun.RunAsync(options, TestContext.Current.CancellationToken);
    }
}
