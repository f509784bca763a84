using Godwit.Kills.Audit;
using Godwit.Kills.Brokers;
using Godwit.Protocol;
using Godwit.Testing.Running;

namespace Godwit.Kills.Tests;

/// <summary>The order of writing, flushing and acknowledging, on a real kernel.</summary>
public sealed class FlushOrderTests
{
    private static readonly PacketType[] Acknowledgements =
    [
        PacketType.Connack, PacketType.Publish, PacketType.Puback, PacketType.Pubrec, PacketType.Pubrel, PacketType.Pubcomp,
        PacketType.Suback, PacketType.Unsuback,
    ];

    [Theory]
    [InlineData("5.0")]
    [InlineData("3.1.1")]
    public async Task No_acknowledgement_leaves_before_the_flush_that_covers_its_record(string version)
    {
        var report = await AuditAsync(GodwitBroker.Sync, version);

        Assert.True(report.Violations.Count == 0, report.ToString());
        Assert.True(report.Writes > 0 && report.Flushes > 0, report.ToString());
    }

    [Theory]
    [InlineData("5.0")]
    [InlineData("3.1.1")]
    public async Task The_audit_sees_a_broker_that_does_not_flush(string version)
    {
        var report = await AuditAsync(GodwitBroker.Os, version);

        // Nearly all: a flush that has another reason, such as the end of a segment, may cover some.
        Assert.True(report.Violations.Count > 0.9 * report.Audited.Values.Sum(), report.ToString());
    }

    private static async Task<AuditReport> AuditAsync(string durability, string version)
    {
        await Strace.RequireAsync();
        using var directory = new TemporaryDirectory();
        var spoken = version == "5.0" ? ProtocolVersion.Mqtt5 : ProtocolVersion.Mqtt311;

        var report = await AuditRun.RunAsync(GodwitBroker.Program(durability), spoken, directory.Path, TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        Assert.Equal(Acknowledgements.Order(), report.Audited.Keys);
        return report;
    }
}
