using System.Net;
using Godwit.Broker.Protection;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Hosting;
using Godwit.Server.Logging;
using Godwit.Server.Protection;
using Godwit.Server.Tests.Logs;
using Godwit.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Tests.Protection;

public sealed class GuardTests
{
    public static TheoryData<TransportKind> Transports => TestServer.Transports;

    [Theory, MemberData(nameof(Transports))]
    public async Task Who_is_banned_is_told_and_stays_out_until_a_reload_lifts_the_ban(TransportKind transport)
    {
        var target = new StringWriter { NewLine = "\n" };
        using (var output = LogOutput.Create(LogLines.Options("Timestamp=false"), target, TextWriter.Null))
        using (var loggers = new LoggerFactory([output]))
        await using (var server = await TestServer.StartAsync(transport, options => options.Protection.Bans = ["client mallory", "address 192.0.2.0/24"], loggers))
        {
            using var client = await server.OpenAsync();
            await client.SendAsync(Bytes.Connect("mallory"));
            Assert.Equal((int)ConnackReasonCode.Banned, (await client.ReceiveAsync()).ConnackCode);
            Assert.Equal(ConnectionEnd.Closed, await client.ReceiveEndAsync());
            using var other = await server.ConnectAsync("alice");

            Assert.Throws<FormatException>(() => GuardRules.Read(new ProtectionOptions { Bans = ["nonsense"] }));
            server.Server.Guard.Apply(GuardRules.Read(new ProtectionOptions()));
            using var again = await server.ConnectAsync("mallory");
            Assert.Equal(1, server.Server.Core.SumCounters().Protected[(int)ProtectionReason.BannedClientId]);
            server.Server.Guard.Report();
        }

        Assert.Contains("info  refused CONNECT of \"mallory\" as user \"\" from 127.0.0.1:", target.ToString());
        Assert.Contains(": banned: client mallory\n", target.ToString());
        Assert.Contains("info  protection in the last minute: BannedClientId 1\n", target.ToString());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Who_is_connected_when_a_reload_bans_it_is_sent_away_and_nobody_else(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        using var mallory = await server.ConnectAsync("mallory");
        using var alice = await server.ConnectAsync("alice");

        server.Server.Guard.Apply(GuardRules.Read(new ProtectionOptions { Bans = ["client mallory"], ReportOnly = true }));
        await mallory.SendAsync(Bytes.Pingreq());
        Assert.Equal(PacketType.Pingresp, (await mallory.ReceiveAsync()).Type);
        server.Server.Guard.Apply(GuardRules.Read(new ProtectionOptions { Bans = ["client mallory"] }));

        Assert.True((await mallory.ReceiveAsync()).IsDisconnect(DisconnectReasonCode.AdministrativeAction));
        Assert.Equal(ConnectionEnd.Closed, await mallory.ReceiveEndAsync());
        await alice.SendAsync(Bytes.Pingreq());
        Assert.Equal(PacketType.Pingresp, (await alice.ReceiveAsync()).Type);
    }

    [Fact]
    public async Task Bans_that_cannot_be_read_stop_the_start()
    {
        var exception = await Assert.ThrowsAsync<ServerStartException>(() => TestServer.StartAsync(TransportKind.Default, options => options.Protection.Bans = ["address nowhere"]));

        Assert.Contains("Protection:Bans:0", exception.Message);
        Assert.Equal(ServerStartException.InvalidConfiguration, exception.ExitCode);
    }

    [Fact]
    public void Report_only_lets_everybody_in_and_counts()
    {
        var gate = new Gate(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, TimeProvider.System, _ => { });
        var options = new ProtectionOptions { ReportOnly = true, Bans = ["user mallory"], ConnectsPerSecond = 1, BurstSeconds = 1, FlappingConnects = 1 };
        gate.Apply(GuardRules.Read(options));

        Assert.Equal((ConnackReasonCode.Success, ProtectionReason.BannedUser), Admit(gate, "a", "192.0.2.1", "mallory"));
        Assert.Equal((ConnackReasonCode.Success, null), Admit(gate, "a", "192.0.2.1"));
        Assert.Equal((ConnackReasonCode.Success, ProtectionReason.TotalConnectRate), Admit(gate, "a", "192.0.2.1"));
        Assert.Equal((ConnackReasonCode.Success, ProtectionReason.Flapping), Admit(gate, "a", "127.0.0.1"));
    }

    [Fact]
    public void Each_reason_has_its_code()
    {
        var gate = new Gate(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, TimeProvider.System, _ => { });
        var options = new ProtectionOptions { Bans = ["user mallory", "address 192.0.2.66"], ConnectsPerAddressPerSecond = 1, BurstSeconds = 1, FlappingConnects = 1 };
        gate.Apply(GuardRules.Read(options));

        Assert.Equal((ConnackReasonCode.Banned, ProtectionReason.BannedUser), Admit(gate, "a", "192.0.2.1", "mallory"));
        Assert.Equal((ConnackReasonCode.Banned, ProtectionReason.BannedAddress), Admit(gate, "a", "192.0.2.66"));
        Assert.Equal((ConnackReasonCode.Success, null), Admit(gate, "a", "192.0.2.1"));
        Assert.Equal((ConnackReasonCode.ConnectionRateExceeded, ProtectionReason.AddressConnectRate), Admit(gate, "b", "192.0.2.1"));
        Assert.Equal((ConnackReasonCode.Banned, ProtectionReason.Flapping), Admit(gate, "a", "192.0.2.2"));
        Assert.Equal((ConnackReasonCode.Success, null), Admit(gate, "b", "192.0.2.3"));
    }

    [Fact]
    public void A_proxy_s_word_about_the_address_counts()
    {
        var gate = new Gate(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, TimeProvider.System, _ => { });
        var options = new ProtectionOptions { Bans = ["address 192.0.2.66"] };
        gate.Apply(GuardRules.Read(options));

        var (code, _) = Admit(gate, "a", "10.0.0.1", identity: new Identity { Address = IPAddress.Parse("192.0.2.66") });

        Assert.Equal(ConnackReasonCode.Banned, code);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task While_memory_is_very_scarce_nobody_is_let_in_and_the_log_tells(TransportKind transport)
    {
        var used = 0L;
        var target = new StringWriter { NewLine = "\n" };
        using (var output = LogOutput.Create(LogLines.Options("Timestamp=false"), target, TextWriter.Null))
        await using (var server = await TestServer.StartAsync(transport))
        using (var guard = Guard.Start(server.Server.Core, new ProtectionOptions { MemoryBytesMax = 1_000 }, output.CreateLogger("Godwit"), TimeProvider.System, () => used))
        {
            server.Server.Guard.Dispose();              // its own measures would come between
            using var inside = await server.ConnectAsync("inside");
            used = 900;
            guard.Measure();

            Assert.Equal((int)ConnackReasonCode.ServerUnavailable, await ConnackOf(server, "new", ProtocolVersion.Mqtt5));
            Assert.Equal(3, await ConnackOf(server, "new", ProtocolVersion.Mqtt311));
            await inside.SendAsync(Bytes.Pingreq());
            Assert.Equal(PacketType.Pingresp, (await inside.ReceiveAsync()).Type);

            used = 0;
            guard.Measure();
            await Eventually.IsTrueAsync(() => ConnackOf(server, "new", ProtocolVersion.Mqtt5).GetAwaiter().GetResult() == 0, "clients are let in again");
        }

        Assert.Contains("error memory is very scarce: 900 of 1000 bytes are in use", target.ToString());
        Assert.Contains("info  memory: 0 of 1000 bytes are in use; all clients are served again", target.ToString());
    }

    private static async Task<int> ConnackOf(TestServer server, string clientId, ProtocolVersion version)
    {
        using var client = await RawClient.OpenAsync(server.EndPoint, version);
        await client.SendAsync(Bytes.Connect(clientId, version));
        return (await client.ReceiveAsync()).ConnackCode;
    }

    private static (ConnackReasonCode Code, ProtectionReason? Reason) Admit(Gate gate, string clientId, string address, string? userName = null, Identity? identity = null)
    {
        var handshake = new HandshakeResult { Status = HandshakeStatus.Accepted, ClientId = clientId };
        var connection = new Connection(1, new NoTransport(), $"{address}:5", [], handshake)
        {
            Identity = identity ?? (userName is null ? null : new Identity { UserName = userName }),
        };
        return (gate.Admit(connection, 1_000, out var reason), reason);
    }

    private sealed class NoTransport : IConnectionTransport
    {
        public int Send(ReadOnlySpan<byte> bytes) => bytes.Length;

        public void Close()
        {
        }
    }
}
