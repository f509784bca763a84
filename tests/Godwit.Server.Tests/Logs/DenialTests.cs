using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Hosting;
using Godwit.Server.Logging;
using Godwit.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Tests.Logs;

public sealed class DenialTests
{
    [Fact]
    public async Task A_publish_that_is_denied_has_one_line_with_who_where_what_and_why()
    {
        var target = new StringWriter { NewLine = "\n" };
        string address;
        using (var output = LogOutput.Create(LogLines.Options("Timestamp=false"), target, TextWriter.Null))
        using (var loggers = new LoggerFactory([output]))
        await using (var server = await TestServer.StartAsync(TransportKind.Default, loggers: loggers))
        {
            using var client = await server.ConnectAsync("pump \"7\"");
            await client.SendAsync(Bytes.Publish("$SYS/broker/uptime", "for ever"));
            await client.SendAsync(Bytes.Pingreq());
            Assert.Equal(PacketType.Pingresp, (await client.ReceiveAsync()).Type);
            address = client.Socket.LocalEndPoint!.ToString()!;
        }

        var line = Assert.Single(target.ToString().Split('\n'), line => line.Contains("denied", StringComparison.Ordinal));
        Assert.Equal($"info  denied publish to \"$SYS/broker/uptime\", QoS 0, retain False, by \"pump \\\"7\\\"\" as user \"\" from {address}: only the broker writes below $SYS", line);
    }

    [Fact]
    public void The_rule_is_asked_for_with_the_topic_as_the_broker_knows_it()
    {
        var lines = LogLines.Of(["Timestamp=false"], logger =>
        {
            var log = new ConnectionLog(logger)
            {
                Reason = (in Subject who, bool isSubscribe, ReadOnlySpan<byte> topic, QoS _, bool _) => $"rule for {who.UserName} {isSubscribe} {System.Text.Encoding.UTF8.GetString(topic)}",
            };
            var connection = Client(new Identity { UserName = "alice", Listener = new ListenerRules { MountPoint = "site7/"u8.ToArray() } });
            log.SubscribeDenied(connection, "$share/g/a/#"u8);
            log.PublishDenied(connection, "site7/b"u8, QoS.AtLeastOnce, retain: true);
        });

        Assert.Equal(
            [
                "info  denied subscribe to \"$share/g/a/#\" by \"c\" as user \"alice\" from 192.0.2.1:5: rule for alice True site7/a/#",
                "info  denied publish to \"site7/b\", QoS 1, retain True, by \"c\" as user \"alice\" from 192.0.2.1:5: rule for alice False site7/b",
            ],
            lines);
    }

    [Fact]
    public void A_flood_of_denials_has_ten_lines_and_then_their_number()
    {
        var sampler = new LineSampler(10);

        var written = Enumerable.Range(0, 1000).Count(i => sampler.TryTake(5_000 + (i % 1000), out _));

        Assert.Equal(10, written);
        Assert.True(sampler.TryTake(6_000, out var hidden));
        Assert.Equal(990, hidden);
        Assert.True(sampler.TryTake(6_999, out hidden));
        Assert.Equal(0, hidden);
    }

    [Fact]
    public void A_login_that_is_refused_names_user_address_and_reason_but_nothing_else() =>
        Assert.Equal(
            ["info  refused CONNECT of \"c\" as user \"alice\" from 192.0.2.1:5, 0x86: password file: wrong password"],
            LogLines.Of(["Timestamp=false"], logger => new ConnectionLog(logger).AuthenticationRefused("c", "alice", "192.0.2.1:5", ConnackReasonCode.BadUserNameOrPassword, "password file: wrong password")));

    private static Connection Client(Identity identity) =>
        new(1, new NoTransport(), "192.0.2.1:5", [], new HandshakeResult { Status = HandshakeStatus.Accepted, ClientId = "c" }) { Identity = identity };

    private sealed class NoTransport : IConnectionTransport
    {
        public int Send(ReadOnlySpan<byte> bytes) => bytes.Length;

        public void Close()
        {
        }
    }
}
