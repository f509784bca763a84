using System.Reflection;
using Godwit.Conformance.Running;
using Godwit.Protocol;

namespace Godwit.Conformance.Tests;

public sealed class CheckCatalogTests
{
    [Fact]
    public void Every_check_that_was_written_is_in_the_catalog()
    {
        var written = typeof(CheckCatalog).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(method => method.IsDefined(typeof(CheckAttribute)))
            .Select(method => method.Name.Replace('_', ' '));

        Assert.Equal(written.Order(), CheckCatalog.All.Select(check => check.Name).Distinct().Order());
    }

    [Fact]
    public void Names_are_unique_in_a_version() => Assert.Distinct(CheckCatalog.All.Select(check => check.FullName));

    [Fact]
    public void Every_check_proves_something() =>
        Assert.All(CheckCatalog.All.GroupBy(check => check.Name), versions => Assert.Contains(versions, check => check.Ids.Count > 0));

    [Fact]
    public void What_a_check_proves_exists() =>
        Assert.All(CheckCatalog.All.SelectMany(check => check.Ids), id => Assert.True(Statements.Find(id) is not null || id.StartsWith("Trap-"), id));

    [Fact]
    public void A_check_names_only_statements_of_the_version_it_runs_in() =>
        Assert.All(CheckCatalog.All, check => Assert.All(
            check.Ids.Select(Statements.Find).OfType<Statement>(),
            statement => Assert.True(statement.Version == check.VersionText || (check.Version == ProtocolVersion.Mqtt31 && statement.Version == "3.1.1"))));

    [Theory]
    [InlineData(Versions.Mqtt31, ProtocolVersion.Mqtt31)]
    [InlineData(Versions.Mqtt311, ProtocolVersion.Mqtt311)]
    [InlineData(Versions.Mqtt5, ProtocolVersion.Mqtt5)]
    public void A_version_selects_its_checks(Versions versions, ProtocolVersion version)
    {
        var checks = CheckCatalog.Select(versions, []);

        Assert.NotEmpty(checks);
        Assert.All(checks, check => Assert.Equal(version, check.Version));
    }

    [Theory]
    [InlineData("MQTT-3.12.4-1")]
    [InlineData("mqtt3-3.12.4-1")]
    [InlineData("pingreq is answered")]
    public void A_filter_is_an_id_or_a_part_of_a_name(string filter) =>
        Assert.Contains(CheckCatalog.Select(Versions.All, [filter]), check => check.Name == "Each PINGREQ is answered with PINGRESP");

    [Fact]
    public void An_id_does_not_select_those_that_begin_like_it() =>
        Assert.All(CheckCatalog.Select(Versions.All, ["Trap-3"]), check => Assert.Contains("Trap-3", check.Ids));

    [Fact]
    public void Both_lists_of_statements_are_read() =>
        Assert.Equal([251, 140, 16], (int[])[Count("5.0"), Count("3.1.1"), Count("3.1")]);

    private static int Count(string version) => Statements.All.Count(statement => statement.Version == version);
}
