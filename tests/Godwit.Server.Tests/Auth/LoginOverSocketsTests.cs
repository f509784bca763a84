using Godwit.Protocol;
using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Tests.Auth.Support;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Auth;

/// <summary>Logins from CONNECT to CONNACK.</summary>
public sealed class LoginOverSocketsTests : IDisposable
{
    private readonly AuthWorld _files = new();

    public static TheoryData<TransportKind> Transports => TestServer.Transports;

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-45", "R11", "R14")]
    public async Task Every_refusal_has_its_code_in_both_versions(TransportKind transport)
    {
        await using var server = await StartAsync(transport);

        Assert.Equal(0, await server.LogInAsync("a", "alice", "secret"));
        Assert.Equal(0, await server.LogInAsync("a", "alice", "secret", ProtocolVersion.Mqtt311));
        Assert.Equal(0x86, await server.LogInAsync("a", "alice", "wrong"));
        Assert.Equal(4, await server.LogInAsync("a", "alice", "wrong", ProtocolVersion.Mqtt311));
        Assert.Equal(0x86, await server.LogInAsync("a", "nobody", "secret"));
        Assert.Equal(0x86, await server.LogInAsync("a", "alice", password: null));
        Assert.Equal(0x86, await server.LogInAsync("a", user: null, "secret"));
        Assert.Equal(0x87, await server.LogInAsync("a", user: null, password: null));
        Assert.Equal(5, await server.LogInAsync("a", user: null, password: null, ProtocolVersion.Mqtt311));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Anonymous_clients_come_in_where_the_listener_says_so(TransportKind transport)
    {
        await using var server = await StartAsync(transport, (_, listener) => listener.AllowAnonymous = true);

        Assert.Equal(0, await server.LogInAsync("a", user: null, password: null));
        Assert.Equal(0, await server.LogInAsync("a", user: null, password: null, ProtocolVersion.Mqtt311));
        Assert.Equal(0x86, await server.LogInAsync("a", user: null, ""));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_source_that_cannot_be_asked_is_a_server_that_is_not_available(TransportKind transport)
    {
        await using var server = await StartAsync(transport, (options, _) =>
        {
            options.Authentication.Sources.Add(new SourceSettings { Kind = SourceKind.Http });
            options.Authentication.Sources[0].Http.Url = "http://127.0.0.1:1/nobody-listens";
        });

        Assert.Equal(0x88, await server.LogInAsync("a", "bob", "secret"));
        Assert.Equal(3, await server.LogInAsync("a", "bob", "secret", ProtocolVersion.Mqtt311));
        Assert.Equal(0, await server.LogInAsync("a", "alice", "secret"));
    }

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-31")]
    public async Task A_wrong_password_takes_over_nothing(TransportKind transport)
    {
        await using var server = await StartAsync(transport);
        using var alice = await server.OpenAsync("pump", "alice", "secret");
        Assert.Equal(0, (await alice.ReceiveAsync()).ConnackCode);

        Assert.Equal(0x86, await server.LogInAsync("pump", "alice", "wrong"));
        Assert.Equal(0x87, await server.LogInAsync("pump", user: null, password: null));

        await alice.SendAsync(Bytes.Pingreq());
        Assert.Equal(PacketType.Pingresp, (await alice.ReceiveAsync()).Type);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_client_identifier_can_be_the_user_name(TransportKind transport)
    {
        await using var server = await StartAsync(transport, (options, _) => options.Authentication.UserNameAsClientId = true);
        using var first = await server.OpenAsync("one", "alice", "secret");
        Assert.Equal(0, (await first.ReceiveAsync()).ConnackCode);

        Assert.Equal(0, await server.LogInAsync("two", "alice", "secret"));

        Assert.Equal(PacketType.Disconnect, (await first.ReceiveAsync()).Type);     // taken over: it is the same client
    }

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-57")]
    public async Task A_password_of_64_KB_with_zeros_comes_whole(TransportKind transport)
    {
        var password = new string('\0', 60_000) + "end";
        await using var server = await StartAsync(transport, (options, _) =>
            options.Authentication.PasswordFile = _files.WritePasswords("long", ("alice", password)));

        Assert.Equal(0, await server.LogInAsync("a", "alice", password));
        Assert.Equal(0x86, await server.LogInAsync("a", "alice", password[..^1]));
        Assert.Equal(0x86, await server.LogInAsync("a", "alice", ""));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task No_secret_is_in_the_log_at_any_level(TransportKind transport)
    {
        await using var server = await StartAsync(transport, (options, _) =>
        {
            options.Authentication.PasswordFile = _files.WritePasswords("canaries", ("alice", "canary-right"));
            options.Authentication.Sources.Add(new SourceSettings { Kind = SourceKind.Jwt });
            options.Authentication.Sources[0].Jwt.SecretFile = _files.Write("secret", "canary-secret-of-at-least-32-bytes");
            options.Authentication.Sources[0].Jwt.Algorithms = ["HS256"];
            options.Authentication.Sources.Add(new SourceSettings { Kind = SourceKind.Http });
            options.Authentication.Sources[1].Http.Url = "http://127.0.0.1:1/nobody-listens";
            options.Authentication.Sources[1].Http.TokenFile = _files.Write("token", "canary-token");
        });

        foreach (var version in (ProtocolVersion[])[ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5])
        {
            await server.LogInAsync("a", "alice", "canary-right", version);
            await server.LogInAsync("a", "alice", "canary-wrong", version);
            await server.LogInAsync("a", "bob", "canary-unknown", version);
            await server.LogInAsync("a", "bob", $"{TokenMaker.Encode("""{"alg":"HS256"}""")}.{TokenMaker.Encode("""{"sub":"canary-claim"}""")}.canary", version);
        }

        Assert.Contains(server.Log.Lines, line => line.Contains("\"bob\"", StringComparison.Ordinal));
        Assert.All(server.Log.Lines, line => Assert.DoesNotContain("canary", line, StringComparison.OrdinalIgnoreCase));
    }

    public void Dispose() => _files.Dispose();

    private Task<LoginServer> StartAsync(TransportKind transport, Action<ServerOptions, ListenerOptions>? configure = null) =>
        LoginServer.StartAsync(transport, (options, listener) =>
        {
            options.Authentication.PasswordFile = _files.WritePasswords("passwd", ("alice", "secret"));
            configure?.Invoke(options, listener);
        });
}
