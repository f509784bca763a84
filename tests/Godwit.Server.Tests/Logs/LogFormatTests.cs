using System.Text.Json;
using System.Text.RegularExpressions;
using Godwit.Broker.Shards;
using Godwit.Server.Hosting;
using Godwit.Server.Logging;

namespace Godwit.Server.Tests.Logs;

public sealed partial class LogFormatTests
{
    private const string Address = "127.0.0.1:50618";

    [Fact]
    public void Text_is_time_level_and_sentence()
    {
        var line = Assert.Single(LogLines.Of([], logger => ServerLog.Stopping(logger, "SIGTERM")));

        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info  stopping: SIGTERM$", line);
    }

    [Fact]
    public void Text_without_the_time_for_those_who_add_it_themselves() =>
        Assert.Equal(["info  stopped"], LogLines.Of(["Timestamp=false"], ServerLog.Stopped));

    [Fact]
    public void Systemd_lines_begin_with_the_priority()
    {
        var lines = LogLines.Of(["Format=systemd", "Level=debug"], logger =>
        {
            ServerLog.Broken(logger, new InvalidOperationException("broken"));
            ServerLog.ConnectionFault(logger, "a", Address, new InvalidOperationException("wrong"));
            ServerLog.StopTimeout(logger);
            ServerLog.Stopped(logger);
            ServerLog.ConnectTimeout(logger, Address);
        });

        Assert.Equal(["<2>", "<3>", "<4>", "<6>", "<7>"], lines.Select(line => line[..3]));
        Assert.Equal("<6>stopped", lines[3]);
    }

    [Fact]
    public void Json_has_the_id_the_sentence_and_a_field_for_each_value()
    {
        var line = Assert.Single(LogLines.Of(["Format=json"], logger => ServerLog.PublishDenied(logger, "a/\\\"b", 1, retain: true, "pump", "alice", Address, "acl.conf:3 deny a/#")));

        var json = JsonDocument.Parse(line).RootElement;
        Assert.Equal(41, json.GetProperty("event").GetInt32());
        Assert.Equal("PublishDenied", json.GetProperty("name").GetString());
        Assert.Equal("info", json.GetProperty("level").GetString());
        Assert.Equal("a/\\\"b", json.GetProperty("topic").GetString());
        Assert.Equal(1, json.GetProperty("qoS").GetInt32());
        Assert.True(json.GetProperty("retain").GetBoolean());
        Assert.Equal("alice", json.GetProperty("userName").GetString());
        Assert.Contains("denied publish to", json.GetProperty("message").GetString());
        Assert.False(json.TryGetProperty("{OriginalFormat}", out _));
    }

    [Fact]
    public void An_exception_takes_one_line_in_every_format()
    {
        foreach (var format in Enum.GetNames<LogFormat>())
        {
            var line = Assert.Single(LogLines.Of([$"Format={format}"], logger => ServerLog.Broken(logger, Thrown())));
            Assert.Contains("it broke | and how", line);
        }
    }

    [Fact]
    public void Mosquitto_lines_of_clients_are_those_of_Mosquitto()
    {
        var lines = LogLines.Of(["Format=mosquitto", "Level=debug"], logger =>
        {
            ServerLog.Accepted(logger, Address, 1883);
            ServerLog.ConnectedAs(logger, "ID", "alice", Address, "3.1.1", 60, "yes", "new");
            ServerLog.Connected(logger, "ID5", Address, "5.0", 0, "no", "resumed");
            ServerLog.Connected(logger, "ID3", Address, "3.1", 30, "no", "resumed");
            ServerLog.Subscribed(logger, "ID", "a/#", "granted QoS 1");
            ServerLog.Disconnected(logger, "ID", Address, "the client said goodbye", CloseReason.ClientDisconnect);
            ServerLog.Disconnected(logger, "ID", Address, "", CloseReason.ConnectionLost);
            ServerLog.Disconnected(logger, "ID", Address, "", CloseReason.KeepAliveTimeout);
            ServerLog.Disconnected(logger, "ID", Address, "", CloseReason.TakenOver);
            ServerLog.Disconnected(logger, "ID", Address, "the server is stopping", CloseReason.ServerShutdown);
        });

        Assert.All(lines, line => Assert.Matches(@"^\d{10}: ", line));
        Assert.Equal(
            [
                "New connection from 127.0.0.1:50618 on port 1883.",
                "New client connected from 127.0.0.1:50618 as ID (p2, c1, k60, u'alice').",
                "New client connected from 127.0.0.1:50618 as ID5 (p5, c0, k0).",
                "New client connected from 127.0.0.1:50618 as ID3 (p1, c0, k30).",
                "ID 1 a/#",
                "Client ID disconnected.",
                "Client ID closed its connection.",
                "Client ID has exceeded timeout, disconnecting.",
                "Client ID already connected, closing old connection.",
                "Client ID disconnected: the server is stopping.",
            ],
            lines.Select(line => line[(line.IndexOf(' ') + 1)..]));
    }

    [Fact]
    public void Mosquitto_lines_of_refusals_name_the_address_for_fail2ban()
    {
        var lines = LogLines.Of(["Format=mosquitto", "ConnectionMessages=true"], logger =>
        {
            ServerLog.AuthenticationRefused(logger, "ID", "alice", Address, 0x86, "password file: wrong password");
            ServerLog.ConnectRefused(logger, "ID", Address, 0x87, "NotAuthorized");
            ServerLog.HandshakeRefused(logger, "CONNECT", Address, "", 0x86, "BadUserNameOrPassword");
        });

        Assert.All(lines, line => Assert.Equal(Address, FailRegex().Match(line).Groups["host"].Value));
        Assert.Equal(3, lines.Length);
    }

    [Theory]
    [InlineData("%Y-%m-%dT%H:%M:%S", "2026-03-04T05:06:07")]
    [InlineData("%F %T", "2026-03-04 05:06:07")]
    [InlineData("%e %b %y, %j, 100%%", " 4 Mar 26, 063, 100%")]
    [InlineData("[%s]", "[1772600767]")]
    public void A_time_format_is_read_as_strftime_does(string format, string expected)
    {
        Assert.True(StrfTime.IsValid(format));
        Assert.Equal(expected, StrfTime.Format(format, new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("Format", "xml", "takes text, json, systemd or mosquitto, not 'xml'.")]
    [InlineData("Format", "1", "takes text, json, systemd or mosquitto, not '1'.")]
    [InlineData("TimestampFormat", "%Q", "takes a time as strftime reads it")]
    [InlineData("TimestampFormat", "50%", "takes a time as strftime reads it")]
    [InlineData("Destinations", "file:", "takes stderr, stdout, syslog, topic, none or file:PATH, not 'file:'.")]
    [InlineData("Destinations", "stderr, printer", "takes stderr, stdout, syslog, topic, none or file:PATH, not 'printer'.")]
    [InlineData("Types", "error,loud", "takes ")]
    [InlineData("Level", "2", "takes trace, debug, info, warn or error, not '2'.")]
    public void A_wrong_option_is_refused_with_what_is_right(string name, string value, string error)
    {
        var options = new ServerOptions();

        Assert.StartsWith(error, LogLines.Set(options, name, value));

        Assert.Equivalent(new LogOptions(), options.Log);
    }

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("it broke\nand how");
        }
        catch (InvalidOperationException exception)
        {
            return exception;
        }
    }

    /// <summary>As a filter of fail2ban is written, with its HOST and the port.</summary>
    [GeneratedRegex(@"^\d+: Client .+ \[(?<host>[^]]+)\] disconnected, not authorised\.$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FailRegex();
}
