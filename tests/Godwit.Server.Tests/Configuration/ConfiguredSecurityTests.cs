using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Configuration;
using Godwit.Server.Hosting;
using Godwit.Server.Security;
using Godwit.Server.Tests.Auth.Support;
using Godwit.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Server.Tests.Configuration;

/// <summary>Users and rules of a configuration in a running broker, and what a reload does with them.</summary>
public sealed class ConfiguredSecurityTests : IDisposable
{
    private const string Limit = """ "Limits": { "SessionsMax": 100 } """;
    private const string Listeners = """ "Store": { "Durability": "memory" }, "Listeners": [ { "Port": 0 } ] """;
    private const string Users = """ "Authentication": { "PasswordFile": "users" } """;
    private const string Open = """ "Acl": { "Rules": [ { "Allow": ["all"], "Topics": ["a/#"] } ] } """;
    private const string Closed = """ "Acl": { "Rules": [ { "Deny": ["all"], "Topics": ["a/secret"] }, { "Allow": ["all"], "Topics": ["a/#"] } ] } """;
    private readonly ConfigurationFiles _files = new();

    [Fact]
    public async Task A_password_that_is_taken_away_by_a_reload_lets_nobody_in_any_more_and_cuts_its_client_off()
    {
        WriteUsers("alice", "bob");
        await using var running = await StartAsync(Users);
        using var bob = await ConnectAsync(running, "bob", 0x00);
        WriteUsers("alice");

        Assert.Null(running.Reloader.Reload().Error);

        using var refused = await ConnectAsync(running, "bob", 0x86);
        using var alice = await ConnectAsync(running, "alice", 0x00);
        Assert.True((await bob.ReceiveAsync()).IsDisconnect(DisconnectReasonCode.NotAuthorized));
        await AnswersAsync(alice);
    }

    [Fact]
    public async Task Who_has_shown_a_secret_without_a_user_name_is_not_anonymous_and_stays()
    {
        await using var service = await AnswerService.StartAsync();
        await using var running = await StartAsync($$""" "Authentication": { "Sources": [ { "Kind": "Http", "Http": { "Url": "{{service.Url}}" } } ] } """);
        using var nameless = await RawClient.OpenAsync(running.EndPoint);
        await nameless.SendAsync([0x10, 19, 0, 4, .. "MQTT"u8, 5, 0x42, 0, 60, 0, 0, 1, (byte)'c', 0, 3, .. "key"u8]);
        Assert.Equal(0x00, (await nameless.ReceiveAsync()).ConnackCode);

        Assert.Null(running.Reloader.Reload().Error);

        await AnswersAsync(nameless);
    }

    [Fact]
    public async Task Rules_of_a_reload_hold_for_those_who_are_connected()
    {
        await using var running = await StartAsync(Open);
        using var reader = await RawClient.ConnectAsync(running.EndPoint, "reader");
        await reader.SubscribeAsync("a/#");
        using var writer = await RawClient.ConnectAsync(running.EndPoint, "writer");
        await writer.SendAsync(Bytes.Publish("a/secret", "before"));
        Assert.Equal("a/secret before", (await reader.ReceiveAsync()).Text());

        WriteMain(Closed);
        Assert.Null(running.Reloader.Reload().Error);

        await writer.SendAsync(Bytes.Publish("a/secret", "hidden"), Bytes.Publish("a/open", "after"));
        Assert.Equal("a/open after", (await reader.ReceiveAsync()).Text());
    }

    [Theory, Spec("Hostile-46"), Spec("Hostile-47")]
    [InlineData("alice without a colon\n", "users:1")]
    [InlineData("alice:$9$what$is$this\n", "users:1")]
    [InlineData(null, "does not exist")]
    public async Task A_password_file_that_is_not_understood_stops_the_start_and_leaves_a_running_broker_as_it_was(string? text, string error)
    {
        WriteUsers("alice");
        await using var running = await StartAsync($"{Users}, {Open}");
        File.Delete(_files.PathOf("users"));
        if (text is not null)
        {
            _files.Write("users", text);
        }

        WriteMain($"{Users}, {Closed}");

        Assert.Contains(error, running.Reloader.Reload().Error);
        Assert.Contains(error, Load().Errors);
        using var alice = await ConnectAsync(running, "alice", 0x00);
        await alice.SendAsync(Bytes.Subscribe("a/secret"));
        Assert.Equal(0x00, (await alice.ReceiveAsync()).Body[^1]);          // the rules have stayed too
    }

    [Theory, Spec("Hostile-46")]
    [InlineData("Authentication", "PasswordFile", "users")]
    [InlineData("Acl", "File", "acl")]
    [InlineData("Acl", "File", "acl.json")]
    public void A_file_that_cannot_be_read_stops_the_start(string section, string key, string file)
    {
        Directory.CreateDirectory(_files.PathOf(file));         // nobody can read it as a file, root neither

        var loaded = _files.Load($$"""{ "{{section}}": { "{{key}}": "{{file}}" } }""");

        Assert.False(loaded.IsValid);
        Assert.Contains(_files.PathOf(file), loaded.Errors);
    }

    [Fact, Spec("Hostile-46")]
    public async Task An_empty_file_of_rules_denies_everything()
    {
        _files.Write("acl.json", "{}");
        await using var running = await StartAsync(""" "Acl": { "File": "acl.json" } """);
        using var client = await RawClient.ConnectAsync(running.EndPoint, "client");

        await client.SendAsync(Bytes.Subscribe("a"));

        Assert.Equal(0x87, (await client.ReceiveAsync()).Body[^1]);
    }

    [Fact]
    public async Task A_broker_without_users_gets_them_by_a_reload_and_parts_with_anonymous_clients()
    {
        WriteUsers("alice");
        await using var running = await StartAsync(Limit);
        using var early = await RawClient.ConnectAsync(running.EndPoint, "early");

        WriteMain(Users);
        Assert.Null(running.Reloader.Reload().Error);

        using var alice = await ConnectAsync(running, "alice", 0x00);
        using var refused = await ConnectAsync(running, "alice", 0x86, "wrong");
        using var anonymous = await RawClient.OpenAsync(running.EndPoint);
        await anonymous.SendAsync(Bytes.Connect("anonymous"));
        Assert.Equal(0x87, (await anonymous.ReceiveAsync()).ConnackCode);
        Assert.True((await early.ReceiveAsync()).IsDisconnect(DisconnectReasonCode.NotAuthorized));

        WriteMain(Limit);            // and back
        Assert.Null(running.Reloader.Reload().Error);
        using var late = await RawClient.ConnectAsync(running.EndPoint, "late");
        await AnswersAsync(alice);
    }

    [Fact]
    public async Task A_broker_without_rules_gets_them_by_a_reload_and_they_hold_for_those_who_are_connected()
    {
        await using var running = await StartAsync(Limit);
        using var reader = await RawClient.ConnectAsync(running.EndPoint, "reader");
        await reader.SubscribeAsync("#");
        using var writer = await RawClient.ConnectAsync(running.EndPoint, "writer");
        await writer.SendAsync(Bytes.Publish("b", "before"));
        Assert.Equal("b before", (await reader.ReceiveAsync()).Text());
        Assert.False(running.Server.Core.Access.ChecksDelivery);

        WriteMain(Closed);
        Assert.Null(running.Reloader.Reload().Error);

        await writer.SendAsync(Bytes.Publish("b", "hidden"), Bytes.Publish("a/secret", "hidden"), Bytes.Publish("a/open", "after"));
        Assert.Equal("a/open after", (await reader.ReceiveAsync()).Text());

        WriteMain(Limit);
        Assert.Null(running.Reloader.Reload().Error);
        Assert.False(running.Server.Core.Access.ChecksDelivery);
        await writer.SendAsync(Bytes.Publish("b", "again"));
        Assert.Equal("b again", (await reader.ReceiveAsync()).Text());
    }

    /// <summary>An open broker does not ask where its clients are; rules that come later may.</summary>
    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.0.0.1", true)]
    public async Task Rules_about_addresses_that_come_by_a_reload_know_where_those_are_who_are_connected(string denied, bool passes)
    {
        await using var running = await StartAsync(Limit);
        using var reader = await RawClient.ConnectAsync(running.EndPoint, "reader");
        await reader.SubscribeAsync("#");
        using var writer = await RawClient.ConnectAsync(running.EndPoint, "writer");

        var rules = $$""" "Acl": { "Rules": [ { "Deny": ["publish"], "Addresses": ["{{denied}}"], "Topics": ["a"] }, { "Allow": ["all"], "Topics": ["#"] } ] } """;
        WriteMain(rules);
        Assert.Null(running.Reloader.Reload().Error);

        await writer.SendAsync(Bytes.Publish("a", "first"), Bytes.Publish("b", "second"));
        Assert.Equal(passes ? "a first" : "b second", (await reader.ReceiveAsync()).Text());
    }

    [Fact]
    public async Task Numbers_that_all_users_share_hold_after_a_reload()
    {
        WriteUsers("alice");
        await using var running = await StartAsync(""" "Authentication": { "PasswordFile": "users", "FailuresMax": 0 } """);
        using var first = await ConnectAsync(running, "alice", 0x86, "wrong");

        WriteMain(""" "Authentication": { "PasswordFile": "users", "FailuresMax": 1, "WaitMsMax": 1, "HashWorkers": 1 } """);
        var result = running.Reloader.Reload();

        Assert.Empty(result.Pending);
        Assert.Contains("Authentication:FailuresMax: 0 -> 1", result.Applied);
        using var second = await ConnectAsync(running, "alice", 0x86, "wrong");
        using var third = await ConnectAsync(running, "alice", 0x9F);           // it would have to wait for longer than a millisecond
    }

    /// <summary>The command line has said 0.0.0.0, and the users were the reason why that was allowed.</summary>
    [Fact]
    public async Task Users_that_go_do_not_leave_a_listener_open_to_the_network()
    {
        WriteUsers("alice");
        _files.Write("godwit.json", "{" + Users + "}");
        var options = Load().Options;
        (options.Port, options.Addresses, options.Durability) = (0, [System.Net.IPAddress.Any], Storage.DurabilityMode.Memory);
        await using var running = await StartAsync(options);
        var next = new ServerOptions { Port = 0, Addresses = [System.Net.IPAddress.Any], Durability = Storage.DurabilityMode.Memory };
        var reloader = new ConfigurationReloader(() => Load() with { Options = next }, options, [running.Security, running.Server.ListenersReload]);

        Assert.Contains("would let everybody who can reach it connect", reloader.Reload().Error);
        using var alice = await ConnectAsync(running, "alice", 0x00);
        using var refused = await ConnectAsync(running, "alice", 0x86, "wrong");
    }

    [Fact, Spec("Hostile-48")]
    public void Beyond_this_machine_there_are_users_or_there_is_a_word()
    {
        WriteUsers("alice");
        const string Lan = """ "Listeners": [ { "Addresses": ["0.0.0.0"], "AllowPlainText": true } ] """;

        Assert.Contains("Listeners:0 cannot be: Listening on 0.0.0.0 would let everybody who can reach it connect", _files.Load("{" + Lan + "}").Errors);
        Assert.Equal("", _files.Load("{" + $"{Lan}, {Users}" + "}").Errors);
        Assert.Equal("", _files.Load("{" + Lan.Replace(" } ]", """, "AllowAnonymous": true } ]""", StringComparison.Ordinal) + "}").Errors);
    }

    [Fact, Spec("Hostile-49")]
    public async Task Nobody_is_known_who_was_not_written_into_a_file()
    {
        _files.Write("users", "");
        await using var running = await StartAsync(""" "Authentication": { "PasswordFile": "users", "FailuresMax": 0 } """);

        foreach (var name in (string[])["admin", "root", "godwit", "mqtt", "guest", ""])
        {
            foreach (var password in (string[])["public", "admin", "godwit", "guest", name])
            {
                using var client = await ConnectAsync(running, name, 0x86, password);
            }
        }
    }

    public void Dispose() => _files.Dispose();

    private LoadedConfiguration Load() => ConfigurationLoader.Load([new JsonSource(_files.Main)]);

    private void WriteUsers(params IEnumerable<string> names) =>
        _files.Write("users", string.Concat(names.Select(name => $"{name}:{Hash(name)}\n")));

    /// <summary>PBKDF2 with few iterations: the tests ask for many logins.</summary>
    private static string Hash(string password)
    {
        var salt = new byte[12];
        var hash = System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, 1_000, System.Security.Cryptography.HashAlgorithmName.SHA512, 64);
        return $"$7$1000${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}";
    }

    private static async Task<RawClient> ConnectAsync(Running running, string userName, byte code, string? password = null)
    {
        var client = await RawClient.OpenAsync(running.EndPoint);
        byte[] body = [0, 4, .. "MQTT"u8, 5, 0xC2, 0, 60, 0, .. Field($"c-{userName}"), .. Field(userName), .. Field(password ?? userName)];
        await client.SendAsync([0x10, (byte)body.Length, .. body]);
        Assert.Equal(code, (await client.ReceiveAsync()).ConnackCode);
        return client;

        static byte[] Field(string text) => [0, (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];
    }

    private static async Task AnswersAsync(RawClient client)
    {
        await client.SendAsync(Bytes.Pingreq());
        Assert.Equal(PacketType.Pingresp, (await client.ReceiveAsync()).Type);
    }

    private void WriteMain(string sections) => _files.Write("godwit.json", "{" + sections + ", " + Listeners + "}");

    private async Task<Running> StartAsync(string sections)
    {
        var options = _files.Load("{" + sections + $$""", {{Listeners}} }""").Options;
        WriteMain(sections);
        return await StartAsync(options);
    }

    private async Task<Running> StartAsync(ServerOptions options)
    {
        var security = ConfiguredSecurity.Create(options, NullLoggerFactory.Instance);
        var server = await GodwitServer.StartAsync(options, NullLoggerFactory.Instance, security.ForServer());
        return new Running(server, security, options, new ConfigurationReloader(Load, options, [security, server.ListenersReload]));
    }

    private sealed record Running(GodwitServer Server, ConfiguredSecurity Security, ServerOptions Options, ConfigurationReloader Reloader) : IAsyncDisposable
    {
        public System.Net.IPEndPoint EndPoint => (System.Net.IPEndPoint)Server.Listeners[0].EndPoint;

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            Security.Dispose();
        }
    }
}
