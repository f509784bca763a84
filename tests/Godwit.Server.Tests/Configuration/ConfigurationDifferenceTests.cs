using Godwit.Server.Configuration;
using Godwit.Server.Security.Authentication.Passwords;

namespace Godwit.Server.Tests.Configuration;

/// <summary>What a change would do, and to whom.</summary>
public sealed class ConfigurationDifferenceTests : IDisposable
{
    private readonly ConfigurationFiles _files = new();

    [Theory]
    [InlineData("""{ "Port": 1885 }""", """{ "Port": 1885 }""")]
    [InlineData("""{ "Port": 1885 }""", """{ "Port": 1885, "ConnectionsMax": 5 }""", ListenerChangeKind.Changed)]
    [InlineData("""{ "Port": 1885 }""", """{ "Port": 1885, "Protocol": "WebSocket" }""", ListenerChangeKind.Reopened)]
    [InlineData("""{ "Port": 1885 }""", """{ "Port": 1885, "Tls": { "CertificateFile": "godwit.json", "KeyFile": "godwit.json" } }""", ListenerChangeKind.Reopened)]
    [InlineData("""{ "Port": 1885 }""", """{ "Port": 1885, "ProxyProtocol": true, "TrustedProxies": ["127.0.0.1"] }""", ListenerChangeKind.Reopened)]
    [InlineData("""{ "Port": 1885 }""", """{ "Port": 1885, "Addresses": ["127.0.0.1"], "Name": "door" }""", ListenerChangeKind.Closed, ListenerChangeKind.Opened)]
    [InlineData("""{ "Addresses": ["127.0.0.1", "::1"] }""", """{ "Addresses": ["::1", "127.0.0.1"] }""")]
    [InlineData("""{ "Port": 1885 }""", """{ "Port": 1885 }, { "Port": 1886 }""", ListenerChangeKind.Opened)]
    [InlineData("""{ "Port": 1885 }, { "Port": 1886 }""", """{ "Port": 1886 }""", ListenerChangeKind.Closed)]
    [InlineData("""{ "UnixPath": "/a" }""", """{ "UnixPath": "/a", "UnixMode": "0600" }""", ListenerChangeKind.Reopened)]
    public void A_listener_is_the_same_when_its_place_is(string before, string after, params ListenerChangeKind[] kinds)
    {
        var difference = ConfigurationDifference.Between(Load(before), Load(after));

        Assert.Empty(difference.Changes);
        Assert.Equal(kinds, difference.Listeners.Select(listener => listener.Kind));
    }

    [Fact]
    public void The_order_of_listeners_does_not_matter() => Assert.True(
        ConfigurationDifference.Between(
            Load("""{ "Port": 1885, "Name": "a" }, { "Port": 1886, "Name": "b" }"""),
            Load("""{ "Port": 1886, "Name": "b" }, { "Port": 1885, "Name": "a" }""")).IsEmpty);

    [Fact]
    public void A_broker_without_listeners_has_the_one_of_this_machine() =>
        Assert.True(ConfigurationDifference.Between(_files.Load("{}").Options, Load("{}")).IsEmpty);

    [Fact]
    public void A_plan_says_what_would_hold_when_and_who_could_not_come_back()
    {
        var before = _files.Load("""{ "Limits": { "SessionsMax": 1, "PacketSizeBytesMax": 1000 }, "Listeners": [ { "Port": 1885 }, { "Port": 1886, "Name": "door" }, { "Port": 1887 } ] }""").Options;
        var after = _files.Load("""{ "Limits": { "SessionsMax": 2 }, "Listeners": [ { "Port": 1885, "ConnectionsMax": 3 }, { "Port": 1886, "Name": "door", "Protocol": "WebSocket" }, { "Port": 1888 } ] }""").Options;

        Assert.Equal(
            [
                "Limits:PacketSizeBytesMax: 1000 -> 2000000  [restart]",
                "Limits:SessionsMax: 1 -> 2  [reload]",
                "listener port 1885 of this machine only: would change; its connections stay  [reload]",
                "  ConnectionsMax: 0 -> 3",
                "listener door (port 1886 of this machine only): would be closed and opened anew; its connections drop  [reload]",
                "  Protocol: Mqtt -> WebSocket",
                "listener port 1887 of this machine only: would be closed; its connections drop  [reload]",
                "listener port 1888 of this machine only: would be opened  [reload]",
                "A reload would drop the connections of: door (port 1886 of this machine only); port 1887 of this machine only. All others stay.",
                "Clients that use port 1887 of this machine only do not come back.",
                "What is marked restart stays as it was until the broker is started again, which drops every connection.",
            ],
            ConfigurationPlan.Lines(ConfigurationDifference.Between(before, after), Departures.None));
        Assert.Equal(
            ["Limits:SessionsMax: 2 -> 1  [reload]", "A reload would drop no connection."],
            ConfigurationPlan.Lines(ConfigurationDifference.Between(_files.Load("""{ "Limits": { "SessionsMax": 2 } }""").Options, _files.Load("""{ "Limits": { "SessionsMax": 1 } }""").Options), Departures.None));
        Assert.Equal(["Nothing would change."], ConfigurationPlan.Lines(ConfigurationDifference.Between(after, after), Departures.None));
    }

    [Fact]
    public void A_plan_names_users_and_anonymous_clients_whose_login_would_not_hold()
    {
        const string Open = """ "Listeners": [ { "Port": 1885, "AllowAnonymous": true } ] """;
        const string Closed = """ "Listeners": [ { "Port": 1885 } ] """;
        var (alice, bob) = ($"alice:{Pbkdf2Hash.Create("a"u8, iterations: 10).Encode()}\n", $"bob:{Pbkdf2Hash.Create("b"u8, iterations: 10).Encode()}\n");
        _files.Write("users", alice + bob);
        _files.Write("fewer", alice);
        var before = _files.Load($$"""{ {{Open}}, "Authentication": { "PasswordFile": "users" } }""").Options;
        var fewer = _files.Load($$"""{ {{Open}}, "Authentication": { "PasswordFile": "fewer" } }""").Options;
        var closed = _files.Load($$"""{ {{Closed}}, "Authentication": { "PasswordFile": "users" } }""").Options;

        Assert.Equal("A reload would drop the connections of: users who are gone or have another password (bob). All others stay.", LastLine(before, fewer));
        Assert.Equal("A reload would drop the connections of: anonymous clients on port 1885 of this machine only. All others stay.", LastLine(before, closed));
        Assert.Equal("A reload would drop no connection.", LastLine(fewer, before));
    }

    public void Dispose() => _files.Dispose();

    private static string LastLine(Hosting.ServerOptions before, Hosting.ServerOptions after) =>
        ConfigurationPlan.Lines(ConfigurationDifference.Between(before, after), Departures.Between(before, after)).Last();

    private Hosting.ServerOptions Load(string listeners)
    {
        var loaded = _files.Load($$"""{ "Listeners": [ {{listeners}} ] }""");
        Assert.Empty(_files.Messages(loaded));
        return loaded.Options;
    }
}
