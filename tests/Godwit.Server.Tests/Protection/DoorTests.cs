using System.Net;
using System.Text;
using Godwit.Broker.Protection;
using Godwit.Broker.Shards;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Hosting;
using Godwit.Server.Protection;
using Godwit.Server.Tests.Listen;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Protection;

/// <summary>Who is closed before a word is said: where an answer would cost a handshake, or is owed to nobody.</summary>
public sealed class DoorTests
{
    private static readonly IPAddress Client = IPAddress.Parse("192.0.2.1");
    private readonly List<ProtectionReason> _counted = [];

    public static TheoryData<TransportKind> Transports => TestServer.Transports;

    [Theory, MemberData(nameof(Transports))]
    public async Task A_banned_address_is_closed_when_it_is_accepted_until_a_reload_lifts_the_ban(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport, options => options.Protection.Bans = ["address 127.0.0.1"]);
        using var client = await server.OpenAsync();

        Assert.Equal(ConnectionEnd.Closed, await client.ReceiveEndAsync());     // although it has sent nothing

        Assert.Equal(1, server.Server.Core.SumCounters().Protected[(int)ProtectionReason.BannedAddress]);
        server.Server.Guard.Apply(GuardRules.Read(new ProtectionOptions()));
        using var again = await server.ConnectAsync("again");
    }

    [Fact]
    public async Task A_banned_address_costs_no_handshake_of_TLS_nor_a_request_of_HTTP()
    {
        await using var server = await ListenServer.StartAsync(
            new ServerSecurity(), options => options.Protection.Bans = ["address 127.0.0.1"], ListenServer.Tls(), ListenServer.WebSocket());
        foreach (var listener in (int[])[0, 1])
        {
            using var client = await StreamClient.OpenAsync(server[listener]);
            await client.ReceiveEndAsync();
        }

        await server.LogsAsync("closed a connection from 127.0.0.1 before it said anything: banned: address 127.0.0.1");
        Assert.Equal(2, server.Server.Core.SumCounters().Protected[(int)ProtectionReason.BannedAddress]);
    }

    [Fact]
    public async Task Behind_a_proxy_the_client_s_address_counts_and_it_is_told_with_its_CONNACK()
    {
        var listener = ListenServer.Plain();
        listener.ProxyProtocol = true;
        listener.TrustedProxies = [new IPNetwork(IPAddress.Loopback, 32)];
        await using var server = await ListenServer.StartAsync(
            new ServerSecurity(), options => options.Protection.Bans = ["address 127.0.0.1", "address 203.0.113.7"], listener);
        using var good = await StreamClient.OpenAsync(server[0]);
        await good.SendAsync(Encoding.ASCII.GetBytes("PROXY TCP4 203.0.113.8 192.0.2.1 56324 1883\r\n"));
        await good.ConnectAsync("good");

        using var bad = await StreamClient.OpenAsync(server[0]);
        await bad.SendAsync(Encoding.ASCII.GetBytes("PROXY TCP4 203.0.113.7 192.0.2.1 56324 1883\r\n"));

        Assert.Equal((byte)ConnackReasonCode.Banned, await bad.ConnectCodeAsync(Bytes.Connect("bad")));
    }

    [Fact]
    public void Where_TLS_comes_next_connections_count_for_the_rate_and_their_CONNECTs_do_not()
    {
        var gate = GateOf(new ProtectionOptions { ConnectsPerAddressPerSecond = 2, BurstSeconds = 1 });

        Assert.True(gate.WatchesDoor);
        Assert.True(gate.MayOpen(Client, isCostly: true, nowMs: 0));
        Assert.Equal(ConnackReasonCode.Success, Admit(gate, isRateCounted: true));
        Assert.True(gate.MayOpen(Client, isCostly: true, nowMs: 0));
        Assert.Equal(ConnackReasonCode.Success, Admit(gate, isRateCounted: true));
        Assert.False(gate.MayOpen(Client, isCostly: true, nowMs: 0));

        Assert.Equal([ProtectionReason.AddressConnectRate], _counted);
        Assert.True(gate.MayOpen(IPAddress.Parse("192.0.2.2"), isCostly: true, nowMs: 0));
        Assert.True(gate.MayOpen(Client, isCostly: true, nowMs: 600));
    }

    [Fact]
    public void Where_CONNECT_can_be_read_for_nothing_the_rate_waits_for_it_and_is_told()
    {
        var gate = GateOf(new ProtectionOptions { ConnectsPerSecond = 1, BurstSeconds = 1 });

        for (var i = 0; i < 5; i++)
        {
            Assert.True(gate.MayOpen(Client, isCostly: false, nowMs: 0));
        }

        Assert.Equal(ConnackReasonCode.Success, Admit(gate));
        Assert.Equal(ConnackReasonCode.ConnectionRateExceeded, Admit(gate));
        Assert.False(gate.MayOpen(Client, isCostly: true, nowMs: 0));
        Assert.Equal([ProtectionReason.TotalConnectRate], _counted);
    }

    [Fact]
    public void Report_only_closes_nobody_and_reports_each_once()
    {
        var gate = GateOf(new ProtectionOptions { ReportOnly = true, Bans = ["address 192.0.2.1"] });
        Assert.True(gate.MayOpen(Client, isCostly: true, nowMs: 0));
        Assert.Empty(_counted);                                     // but with its CONNECT

        gate.Apply(GuardRules.Read(new ProtectionOptions { ReportOnly = true, ConnectsPerSecond = 1, BurstSeconds = 1 }));
        Assert.True(gate.MayOpen(Client, isCostly: true, nowMs: 0));
        Assert.True(gate.MayOpen(Client, isCostly: true, nowMs: 0));
        Assert.Equal(ConnackReasonCode.Success, Admit(gate, isRateCounted: true));

        Assert.Equal([ProtectionReason.TotalConnectRate], _counted);
    }

    [Fact]
    public void Nothing_is_asked_where_there_are_no_rules_about_addresses_and_Unix_sockets_have_none()
    {
        Assert.False(GateOf(new ProtectionOptions { Bans = ["client a", "user b"], FlappingConnects = 3 }).WatchesDoor);
        Assert.True(GateOf(new ProtectionOptions { Bans = ["address ::/0", "address 0.0.0.0/0"] }).MayOpen(address: null, isCostly: true, nowMs: 0));
        Assert.False(GateOf(new ProtectionOptions { Bans = ["address 192.0.2.0/24"] }).MayOpen(Client.MapToIPv6(), isCostly: false, nowMs: 0));
    }

    private Gate GateOf(ProtectionOptions options)
    {
        var gate = new Gate(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, TimeProvider.System, _counted.Add);
        gate.Apply(GuardRules.Read(options));
        return gate;
    }

    private static ConnackReasonCode Admit(Gate gate, bool isRateCounted = false)
    {
        var connection = new Connection(1, null!, $"{Client}:7", [], new HandshakeResult { Status = HandshakeStatus.Accepted, ClientId = "c" }) { IsRateCounted = isRateCounted };
        return gate.Admit(connection, nowMs: 0, out _);
    }
}
