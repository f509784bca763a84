using Godwit.Server.Configuration;

namespace Godwit.Server.Tests.Configuration;

/// <summary>Several sources together, and what is wrong beyond single values.</summary>
public sealed class ConfigurationLoaderTests : IDisposable
{
    private readonly ConfigurationFiles _files = new();

    [Fact]
    public void The_environment_weighs_more_than_files_and_the_command_line_most()
    {
        var environment = new Dictionary<string, string>
        {
            ["GODWIT_Limits__SessionsMax"] = "2",
            ["GODWIT_LIMITS__HALFOPENMAX"] = "2",
            ["GODWIT_Listeners__0__Addresses"] = "127.0.0.1, ::1",
            ["GODWIT_WRITE_DOCS"] = "1",
            ["PATH"] = "/bin",
        };

        var loaded = _files.Load("""{ "Limits": { "SessionsMax": 1, "HalfOpenMax": 1, "ConnectionsMax": 1 }, "Listeners": [ { "Port": 1885 } ] }""", environment, "Limits:SessionsMax=3", "OverflowPolicy=DropOldest", "Listeners:1:Port=1886");

        Assert.Empty(_files.Messages(loaded));
        Assert.Equal((3, 2, 1), (loaded.Options.Limits.SessionsMax, loaded.Options.Limits.HalfOpenMax, loaded.Options.Limits.ConnectionsMax));
        Assert.Equal([1885, 1886], loaded.Options.Listeners.Select(listener => listener.Port));
        Assert.Equal(2, loaded.Options.Listeners[0].Addresses.Count);
        Assert.Equal("--set Limits:SessionsMax", loaded.OriginOf("Limits:SessionsMax").ToString());
        Assert.Equal("GODWIT_LIMITS__HALFOPENMAX", loaded.OriginOf("Limits:HalfOpenMax").ToString());
        Assert.Equal($"{_files.Main}:1", loaded.OriginOf("Limits:ConnectionsMax").ToString());
        Assert.Equal("default", loaded.OriginOf("Limits:QueueBytesMax").ToString());
    }

    [Fact]
    public void A_value_that_another_overrides_must_be_right_too()
    {
        var loaded = _files.Load("""{ "Limits": { "SessionsMax": "x" } }""", null, "Limits:SessionsMax=3");

        Assert.StartsWith("godwit.json:1: Limits:SessionsMax takes", Assert.Single(_files.Messages(loaded)));
    }

    [Theory]
    [InlineData("GODWIT_Limits__SessionMax", "1", "GODWIT_Limits__SessionMax: Limits:SessionMax is not a setting. Did you mean Limits:SessionsMax?")]
    [InlineData("GODWIT_Listeners__3__Port", "1", "GODWIT_Listeners__3__Port: Listeners:3:Port: Listeners has 0 elements; the next is Listeners:0.")]
    public void A_wrong_variable_is_named(string name, string value, string message) =>
        Assert.Equal([message], _files.Messages(_files.Load("{}", new Dictionary<string, string> { [name] = value })));

    [Theory]
    [InlineData("SessionsMax", "--set SessionsMax: This is not Key=Value")]
    [InlineData("QueueBytesMax=5", "--set QueueBytesMax: QueueBytesMax is not a setting. Did you mean Limits:QueueBytesMax?")]
    [InlineData("SegmentSize=5", "Did you mean Store:SegmentSizeBytes?")]
    [InlineData("Limits=5", "Limits is a section")]
    public void A_wrong_assignment_is_named(string assignment, string message) =>
        Assert.StartsWith(message, Assert.Single(_files.Messages(_files.Load("{}", null, assignment))).Replace("--set SegmentSize: SegmentSize is not a setting. ", "").Replace("--set Limits: ", ""));

    [Theory, Spec("Hostile-48")]
    [InlineData("""{ "Port": 1885 }, { "Port": 1885, "Addresses": ["0.0.0.0"], "AllowPlainText": true, "AllowAnonymous": true }""", "Listeners:1 listens at the same place as Listeners:0")]
    [InlineData("""{ "UnixPath": "/tmp/a" }, { "UnixPath": "/tmp/a" }""", "Listeners:1 listens at the same place as Listeners:0")]
    [InlineData("""{ "Addresses": ["0.0.0.0"] }""", "Listeners:0 would be reached from other machines without encryption")]
    [InlineData("""{ "Addresses": ["127.0.0.1", "192.168.7.7"] }""", "Listeners:0 would be reached from other machines without encryption")]
    [InlineData("""{ "Tls": { "KeyFile": "godwit.json" } }""", "Listeners:0 has TLS without Listeners:0:Tls:CertificateFile")]
    [InlineData("""{ "Tls": { "CertificateFile": "gone.pem", "KeyFile": "godwit.json" } }""", "which does not exist")]
    [InlineData("""{ "Tls": { "CertificateFile": "godwit.json", "KeyFile": "godwit.json", "ClientCertificate": "Required" } }""", "does not say which CA")]
    [InlineData("""{ "Tls": { "CertificateFile": "godwit.json", "KeyFile": "godwit.json", "UserNameFrom": "Subject" } }""", "clients are not asked for")]
    [InlineData("""{ "Path": "/mqtt" }""", "Listeners:0 has Path, which is for WebSocket")]
    [InlineData("""{ "UnixPath": "a", "Port": 5 }""", "cannot have Addresses or a Port")]
    public void Listeners_that_cannot_be_meant_so_are_errors(string listeners, string message)
    {
        var loaded = _files.Load($$"""{ "Listeners": [ {{listeners}} ] }""");

        Assert.False(loaded.IsValid);
        Assert.Contains(message, Assert.Single(_files.Messages(loaded)));
    }

    [Theory]
    [InlineData("""{ "Port": 1885 }, { "Port": 1886 }""")]
    [InlineData("""{ "Port": 0 }, { "Port": 0 }""")]
    [InlineData("""{ "Port": 1885, "Addresses": ["127.0.0.1"] }, { "Port": 1885, "Addresses": ["127.0.0.2"] }""")]
    [InlineData("""{ "Port": 1885, "Addresses": ["127.0.0.1"] }, { "Port": 1885, "Addresses": ["::1"] }""")]
    [InlineData("""{ "Port": 1885, "Addresses": ["0.0.0.0"], "AllowPlainText": true, "AllowAnonymous": true }, { "Protocol": "WebSocket", "Path": "/mqtt" }""")]
    [InlineData("""{ "Tls": { "CertificateFile": "godwit.json", "KeyFile": "godwit.json", "Sni": [ { "Host": "a.example", "CertificateFile": "godwit.json", "KeyFile": "godwit.json" } ] } }""")]
    public void Listeners_that_stand_beside_each_other_are_fine(string listeners) =>
        Assert.Empty(_files.Messages(_files.Load($$"""{ "Listeners": [ {{listeners}} ] }""")));

    [Fact]
    public void Every_key_can_be_written_as_it_is_shown()
    {
        var loaded = _files.Load("""{ "Listeners": [ {} ] }""");

        foreach (var key in ConfigurationKeys.All)
        {
            foreach (var indices in ConfigurationKeys.IndicesOf(key, loaded.Options))
            {
                var shown = key.Show(loaded.Options, indices);
                var path = ConfigurationKeys.PathOf(key, indices);
                if (shown.Length > 0)
                {
                    var again = ConfigurationLoader.Load([new CommandLineSource([.. Enumerable.Repeat($"{path}={shown}", 1)], [])]);
                    Assert.Empty(again.Messages);
                    Assert.Equal(shown, key.Show(again.Options, indices));
                }
            }
        }
    }

    public void Dispose() => _files.Dispose();
}
