using System.Net;
using Godwit.Broker;
using Godwit.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Server.Tests;

public sealed class ServerOptionsTests
{
    [Fact, Spec("R2")]
    public void The_port_is_1883_when_none_is_named() => Assert.Equal(1883, new ServerOptions().Port);

    [Fact]
    public void Every_limit_can_be_set_by_name()
    {
        var options = new ServerOptions();

        foreach (var limit in BrokerLimits.All)
        {
            Assert.True(options.TrySet($"Limits:{limit.Name}={limit.Minimum}", out var error), error);
            Assert.Equal(limit.Minimum, limit.Get(options.Limits));
        }
    }

    [Theory]
    [InlineData("Limits:PacketSizeMax=5", "Limits:PacketSizeBytesMax")]
    [InlineData("OverflowPolice=DropOldest", "OverflowPolicy")]
    [InlineData("QueueBytesMax=5", "Limits:QueueBytesMax")]
    [InlineData("Limits:HalfOpenMax", "Name=Value")]
    [InlineData("=5", "Name=Value")]
    [InlineData("Limits:HalfOpenMax=many", "whole number")]
    [InlineData("Limits:HalfOpenMax=-1", "whole number")]
    [InlineData("OverflowPolicy=Maybe", "RefuseNewest or DropOldest")]
    public void A_wrong_assignment_is_answered_with_what_was_probably_meant(string assignment, string hint)
    {
        Assert.False(new ServerOptions().TrySet(assignment, out var error));
        Assert.Contains(hint, error);
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

    public static TheoryData<TransportKind> Transports => Support.TestServer.Transports;
}
