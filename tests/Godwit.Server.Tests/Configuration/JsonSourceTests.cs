using System.Net;
using Godwit.Broker;
using Godwit.Server.Listeners;

namespace Godwit.Server.Tests.Configuration;

/// <summary>Files of JSON: what is read, and what is said about what cannot be.</summary>
public sealed class JsonSourceTests : IDisposable
{
    private readonly ConfigurationFiles _files = new();

    [Fact]
    public void Values_of_all_kinds_are_read_with_comments_and_a_comma_at_the_end()
    {
        var loaded = _files.Load("""
            {
              "$schema": "./godwit.schema.json",
              // a remark
              "Limits": { "PacketSizeBytesMax": "1MB", "ConnectTimeoutMs": "30s", "HalfOpenMax": 1_000, },
              "broker": { "overflowpolicy": "dropoldest", "KeepAliveFactor": 2.5, "QueueQoS0Messages": true, "RelaxedTopics": ["telemetry/", "debug/"] }, /* another */
              "Store": { "Durability": "interval", "Directory": "state", "SegmentSizeBytes": "32MiB", "ScrubIntervalHours": "7d" },
              "Listeners": [ { "Port": 1884, "Addresses": ["127.0.0.1"] }, { "Protocol": "WebSocket", "Path": "/mqtt" } ],
            }
            """.Replace("1_000", "1000", StringComparison.Ordinal));

        Assert.Empty(_files.Messages(loaded));
        Assert.Equal(1_000_000, loaded.Options.Limits.PacketSizeBytesMax);
        Assert.Equal(30_000, loaded.Options.Limits.ConnectTimeoutMs);
        Assert.Equal(1_000, loaded.Options.Limits.HalfOpenMax);
        Assert.Equal(OverflowPolicy.DropOldest, loaded.Options.Settings.OverflowPolicy);
        Assert.Equal(2.5, loaded.Options.Settings.KeepAliveFactor);
        Assert.True(loaded.Options.Settings.QueueQoS0Messages);
        Assert.Equal(["telemetry/"u8.ToArray(), "debug/"u8.ToArray()], loaded.Options.Settings.RelaxedTopics);
        Assert.Equal(_files.PathOf("state"), loaded.Options.DataDirectory);
        Assert.Equal(32 << 20, loaded.Options.Store.SegmentSizeBytes);
        Assert.Equal(168, loaded.Options.Store.ScrubIntervalHours);
        Assert.Equal([1884, 8083], loaded.Options.Listeners.Select(listener => listener.Port));
        Assert.Equal([IPAddress.Loopback], loaded.Options.Listeners[0].Addresses);
        Assert.Equal(ListenerProtocol.WebSocket, loaded.Options.Listeners[1].Protocol);
        Assert.Equal($"{_files.Main}:7", loaded.OriginOf("Listeners:0:Port").ToString());
    }

    [Fact, Spec("Hostile-46")]
    public void All_errors_are_said_at_once_with_their_lines_and_the_nearest_names()
    {
        var loaded = _files.Load("""
            {
              "Limits": {
                "PacketSizeMax": 5,
                "HalfOpenMax": "many",
                "ConnectTimeoutMs": "5MB",
                "SessionsMax": -1,
                "SessionsMax": 2
              },
              "Broker": { "OverflowPolicy": "Maybe",
                "QueueQoS0Messages": "true",
                "RelaxedTopics": ["a/#"] },
              "Limit": { "InFlightMax": 20 },
              "Store": 5,
              "Listeners": [ { "Prot": 1883 },
                { "Port": 70000, "Addresses": ["1883"] } ]
            }
            """);

        Assert.False(loaded.IsValid);
        Assert.Equal(
            [
                "godwit.json:3: Limits:PacketSizeMax is not a setting. Did you mean Limits:PacketSizeBytesMax?",
                "godwit.json:4: Limits:HalfOpenMax takes a whole number of connections from 0 to 2147483647, not \"many\".",
                "godwit.json:5: Limits:ConnectTimeoutMs takes a whole number of milliseconds from 1 to 2147483647, or with a unit, e.g. 30s, not '5MB': MB does not measure milliseconds.",
                "godwit.json:6: Limits:SessionsMax takes a whole number of sessions from 0 to 2147483647, not '-1'.",
                "godwit.json:7: Limits:SessionsMax stands here a second time; the first is in line 6.",
                "godwit.json:9: Broker:OverflowPolicy takes RefuseNewest or DropOldest, not \"Maybe\".",
                "godwit.json:10: Broker:QueueQoS0Messages takes true or false without quotation marks, not \"true\".",
                "godwit.json:11: Broker:RelaxedTopics takes beginnings of Topic Names: no + and no #.",
                "godwit.json:12: Limit:InFlightMax is not a setting. Did you mean Limits:InFlightMax?",
                "godwit.json:13: Store is a section, not a value; it holds settings such as Store:Directory.",
                "godwit.json:14: Listeners:0:Prot is not a setting. Did you mean Listeners:0:Port?",
                "godwit.json:15: Listeners:1:Port takes 0 to 65535: '70000' is not a number from 0 to 65535.",
            ],
            _files.Messages(loaded).Where(message => !message.Contains("1:Addresses", StringComparison.Ordinal)).OrderBy(LineOf));
    }

    [Theory]
    [InlineData("{ \"Limits\": { \"HalfOpenMax\": 5 }", "godwit.json:1: This is not JSON")]
    [InlineData("{\n\n\"Limits\" 5 }", "godwit.json:3: This is not JSON")]
    [InlineData("", "godwit.json:1: This is not JSON")]
    [InlineData("[]", "godwit.json:1: The file must be an object")]
    [InlineData("{} {}", "godwit.json:1: This is not JSON")]
    [InlineData("{ \"Limits\": { \"HalfOpenMax\": null } }", "godwit.json:1: Limits:HalfOpenMax is null")]
    [InlineData("{ \"Limits:HalfOpenMax\": 5 }", "cannot be a name")]
    [InlineData("{ \"Limits\": { \"HalfOpenMax\": [5] } }", "takes a whole number of connections from 0 to 2147483647, not a list.")]
    [InlineData("{ \"Limits\": { \"HalfOpenMax\": true } }", "not 'true'")]
    [InlineData("{ \"Limits\": { \"HalfOpenMax\": { \"a\": 1 } } }", "Limits:HalfOpenMax:a is not a setting")]
    [InlineData("{ \"Listeners\": [ 5 ] }", "Listeners is a section")]
    [InlineData("{ \"Listeners\": [ 5, {} ] }", "mixes values and objects")]
    [InlineData("{ \"Listeners\": [ [] ] }", "one of them is a list")]
    [InlineData("{ \"Unknown\": [ {} ], \"Limits\": { \"HalfOpenMax\": 5.5 } }", "not '5.5'")]
    [InlineData("{ \"Broker\": { \"KeepAliveFactor\": 1000 } }", "takes a number from 1 to 100, not '1000'")]
    [InlineData("{ \"Store\": { \"ScrubIntervalHours\": \"30min\" } }", "that is not a whole number of hours")]
    [InlineData("{ \"Limits\": { \"PacketSizeBytesMax\": \"5 elephants\" } }", "there is no unit elephants")]
    [InlineData("{ \"Store\": { \"Directory\": \"\" } }", "Store:Directory takes a path")]
    public void What_is_not_understood_stops_the_start(string text, string message)
    {
        var loaded = _files.Load(text);

        Assert.False(loaded.IsValid);
        Assert.Contains(_files.Messages(loaded), found => found.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_is_missing_or_not_UTF8_or_a_directory_is_an_error()
    {
        File.WriteAllBytes(_files.PathOf("latin.json"), [(byte)'{', (byte)'\n', 0xE4, (byte)'}']);

        Assert.Contains("latin.json:2: This is not UTF-8", Messages("latin.json"));
        Assert.Contains("There is no such file", Messages("missing.json"));
        Assert.Contains("cannot be read", Messages("."));
    }

    [Fact]
    public void Files_of_conf_d_come_afterwards_in_the_order_of_their_bytes_and_add_listeners()
    {
        _files.Write("conf.d/20-b.json", """{ "Limits": { "SessionsMax": 20, "ConnectionsMax": 20 } }""");
        _files.Write("conf.d/10-a.json", """{ "Limits": { "SessionsMax": 10, "HalfOpenMax": 10 }, "Listeners": [ { "Port": 1884 } ] }""");
        _files.Write("conf.d/Z-c.json", """{ "Limits": { "ConnectionsMax": 30 } }""");
        _files.Write("conf.d/30.conf", "not ours");

        var loaded = _files.Load("""{ "Limits": { "HalfOpenMax": 1 }, "Listeners": [ { "Port": 1885 }, {} ] }""");

        Assert.Empty(_files.Messages(loaded));
        Assert.Equal((20, 10, 30), (loaded.Options.Limits.SessionsMax, loaded.Options.Limits.HalfOpenMax, loaded.Options.Limits.ConnectionsMax));
        Assert.Equal([1885, 1883, 1884], loaded.Options.Listeners.Select(listener => listener.Port));
        Assert.EndsWith("10-a.json:1", loaded.OriginOf("Listeners:2:Port").ToString());
    }

    public void Dispose() => _files.Dispose();

    private string Messages(string name) => string.Join('\n', new Server.Configuration.JsonSource(_files.PathOf(name)).Read().Messages);

    private static int LineOf(string message) => int.Parse(message.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
}
