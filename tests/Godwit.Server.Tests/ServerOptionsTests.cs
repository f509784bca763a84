using System.Globalization;
using System.Net;
using Godwit.Broker;
using Godwit.Server.Configuration;
using Godwit.Server.Hosting;
using Godwit.Server.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Server.Tests;

public sealed class ServerOptionsTests
{
    [Fact, Spec("R2")]
    public void The_port_is_1883_when_none_is_named() => Assert.Equal(1883, new ServerOptions().Port);

    [Fact]
    public void Every_limit_can_be_set_by_name()
    {
        foreach (var limit in BrokerLimits.All)
        {
            var loaded = Set($"Limits:{limit.Name}={limit.Minimum}");

            Assert.Equal("", loaded.Errors);
            Assert.Equal(limit.Minimum, limit.Get(loaded.Options.Limits));
        }
    }

    [Theory]
    [InlineData("Limits:PacketSizeMax=5", "Limits:PacketSizeBytesMax")]
    [InlineData("OverflowPolice=DropOldest", "Broker:OverflowPolicy")]
    [InlineData("QueueBytesMax=5", "Limits:QueueBytesMax")]
    [InlineData("Limits:HalfOpenMax", "Key=Value")]
    [InlineData("=5", "Key=Value")]
    [InlineData("Limits:HalfOpenMax=many", "whole number")]
    [InlineData("Limits:HalfOpenMax=-1", "whole number")]
    [InlineData("OverflowPolicy=Maybe", "RefuseNewest or DropOldest")]
    [InlineData("SegmentSize=5", "Store:SegmentSizeBytes")]
    public void A_wrong_assignment_is_answered_with_what_was_probably_meant(string assignment, string hint) => Assert.Contains(hint, Set(assignment).Errors);

    [Theory]
    [InlineData("SegmentSizeBytes", 1_048_576, 268_435_456)]
    [InlineData("FlushIntervalMs", 1, 100)]
    [InlineData("ScrubBytesPerSecond", 0, long.MaxValue)]
    [InlineData("ScrubIntervalHours", 0, 8760)]
    [InlineData("ScrubDelaySeconds", 0, 86_400)]
    public void Every_setting_of_the_store_takes_what_is_between_its_bounds_and_names_them(string name, long minimum, long maximum)
    {
        var property = typeof(StoreSettings).GetProperty(name)!;

        foreach (var good in (long[])[minimum, maximum])
        {
            var loaded = Set($"{name.ToUpperInvariant()}={good}");

            Assert.Equal("", loaded.Errors);
            Assert.Equal(good, Convert.ToInt64(property.GetValue(loaded.Options.Store), CultureInfo.InvariantCulture));
        }

        foreach (var bad in (string[])[$"{minimum - 1}", $"{(ulong)maximum + 1}", "", "many", "1.5"])
        {
            Assert.Matches($"Store:{name} takes a whole number of .*from {minimum} to {maximum}", Set($"{name}={bad}").Errors);
        }
    }

    [Fact]
    public void Every_setting_of_the_store_has_a_name_and_is_on_the_page()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "durability.md"));

        Assert.All(StoreKeys.Settings, key => Assert.Contains($"| `{key.Name}` |", page));
    }

    [Fact, Spec("Hostile-48")]
    public async Task An_address_beyond_this_machine_needs_a_word()
    {
        var options = new ServerOptions { Port = 0, Addresses = [IPAddress.Any] };

        var exception = await Assert.ThrowsAsync<ServerStartException>(() => GodwitServer.StartAsync(options, NullLoggerFactory.Instance));

        Assert.Equal(2, exception.ExitCode);
        Assert.Contains("--bind 0.0.0.0 --allow-anonymous", exception.Message);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task With_the_word_every_address_is_served(TransportKind transport)
    {
        var options = new ServerOptions { Port = 0, Addresses = [IPAddress.Any, IPAddress.IPv6Any], AllowAnonymous = true, Transport = transport };

        await using var server = await GodwitServer.StartAsync(options, NullLoggerFactory.Instance);

        Assert.Equal(["0.0.0.0", "::"], server.Listeners.Select(listener => listener.EndPoint.Address.ToString()));
        Assert.Single(server.Listeners.Select(listener => listener.EndPoint.Port).Distinct());
        Assert.All(server.Listeners, listener => Assert.Equal("everyone who can reach this address", listener.Audience));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_taken_port_is_named(TransportKind transport)
    {
        await using var first = await GodwitServer.StartAsync(new ServerOptions { Port = 0, Transport = transport }, NullLoggerFactory.Instance);
        var port = first.Listeners[0].EndPoint.Port;

        var exception = await Assert.ThrowsAsync<ServerStartException>(
            () => GodwitServer.StartAsync(new ServerOptions { Port = port, Transport = transport }, NullLoggerFactory.Instance));

        Assert.Equal(3, exception.ExitCode);
        Assert.Contains($"127.0.0.1:{port}", exception.Message);
        Assert.Contains("-p 0", exception.Message);
    }

    private static LoadedConfiguration Set(string assignment) => ConfigurationLoader.Load([new CommandLineSource([assignment], [])]);

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Godwit.slnx")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }

    public static TheoryData<TransportKind> Transports => Support.TestServer.Transports;
}
