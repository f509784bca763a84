using System.Net;
using System.Net.Sockets;
using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Listen;

/// <summary>Who comes in: over the epoll transport (a plain listener) and over Kestrel (the same, encrypted).</summary>
public sealed class AdmissionTests
{
    public static TheoryData<bool> Transports => [false, true];

    [Theory, MemberData(nameof(Transports))]
    public async Task Who_is_refused_gets_the_code_and_the_reason_is_in_the_log(bool isEncrypted)
    {
        var stub = new StubAuthentication(request => request.ClientId == "good" ? Accept("g") : Refuse());
        await using var server = await StartAsync(isEncrypted, stub);
        using var good = await OpenAsync(server, isEncrypted);
        using var bad = await OpenAsync(server, isEncrypted);

        Assert.Equal(0, await good.ConnectCodeAsync(Bytes.Connect("good")));
        Assert.Equal((byte)ConnackReasonCode.BadUserNameOrPassword, await bad.ConnectCodeAsync(Bytes.Connect("bad")));
        await bad.ReceiveEndAsync();
        await server.LogsAsync("the test says no");
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task While_somebody_is_asked_others_come_in_and_what_was_sent_behind_CONNECT_waits(bool isEncrypted)
    {
        var gate = new TaskCompletionSource();
        var stub = new StubAuthentication(_ => Accept("u"), gate.Task);
        await using var server = await StartAsync(isEncrypted, stub, ListenServer.Plain());
        using var waiting = await OpenAsync(server, isEncrypted);
        await waiting.SendAsync(Bytes.Connect("waiting"), Bytes.Subscribe("a"));
        await waiting.SendAsync(Bytes.Publish("a", "late"));

        using var other = await RawClient.ConnectAsync(server[1], "other");
        await other.SendAsync(Bytes.Pingreq());

        Assert.Equal(PacketType.Pingresp, (await other.ReceiveAsync()).Type);
        Assert.DoesNotContain(server.Log, line => line.Contains("connect \"waiting\"", StringComparison.Ordinal));
        gate.SetResult();
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task An_answer_that_comes_later_lets_the_client_in(bool isEncrypted)
    {
        var gate = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        var stub = new StubAuthentication(_ => Accept("u"), AskedAsync());
        await using var server = await StartAsync(isEncrypted, stub);
        using var client = await OpenAsync(server, isEncrypted);
        await client.SendAsync(Bytes.Connect("late"), Bytes.Subscribe("a"));
        await client.SendAsync(Bytes.Publish("a", "behind"));

        gate.SetResult();

        Assert.Equal(0, (await client.ReceiveAsync()).ConnackCode);
        Assert.Equal(PacketType.Suback, (await client.ReceiveAsync()).Type);
        Assert.Equal("a behind", (await client.ReceiveAsync()).Text());

        async Task AskedAsync()
        {
            asked.TrySetResult();
            await gate.Task;
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_time_for_CONNECT_covers_the_question_and_the_answer_is_not_waited_for(bool isEncrypted)
    {
        var stub = new StubAuthentication(_ => Accept("u"), new TaskCompletionSource().Task);
        await using var server = await StartAsync(isEncrypted, stub, options => options.Limits.ConnectTimeoutMs = 300);
        using var client = await OpenAsync(server, isEncrypted);

        await client.SendAsync(Bytes.Connect("never"));

        await client.ReceiveEndAsync();
        await Eventually.IsTrueAsync(() => stub.Cancelled == 1, "the question is given up");
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Whoever_cannot_answer_lets_nobody_in(bool isEncrypted)
    {
        var stub = new StubAuthentication(_ => throw new InvalidTimeZoneException("as the test wants it"));
        await using var server = await StartAsync(isEncrypted, stub);
        using var client = await OpenAsync(server, isEncrypted);

        await client.SendAsync(Bytes.Connect("client"));

        await Assert.ThrowsAnyAsync<Exception>(() => client.ConnectAsync("client"));
        await server.LogsAsync("as the test wants it");
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_question_names_what_the_client_has_said(bool isEncrypted)
    {
        AuthenticationRequest? asked = null;
        var stub = new StubAuthentication(request =>
        {
            asked = request;
            return Accept("u");
        });
        await using var server = await StartAsync(isEncrypted, stub);
        using var client = await OpenAsync(server, isEncrypted);
        byte[] connect = [0x10, 0x16, 0, 4, .. "MQTT"u8, 4, 0xC2, 0, 0, 0, 2, .. "id"u8, 0, 1, (byte)'u', 0, 3, 1, 0, 255];

        await client.ConnectCodeAsync(connect);

        Assert.Equal(("id", ProtocolVersion.Mqtt311, "u", "127.0.0.1"), (asked!.ClientId, asked.Version, asked.UserName, asked.Address?.ToString()));
        Assert.Equal([1, 0, 255], asked.Password!.Value.ToArray());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Addresses_that_are_denied_or_not_allowed_are_closed(bool isEncrypted)
    {
        await using var server = await ListenServer.StartAsync(
            Listener(isEncrypted, listener => listener.Deny = [IPNetwork.Parse("127.0.0.0/8")]),
            Listener(isEncrypted, listener => listener.Allow = [IPNetwork.Parse("192.0.2.0/24")]),
            Listener(isEncrypted, listener => listener.Allow = [IPNetwork.Parse("127.0.0.1/32")]));

        foreach (var refused in (int[])[0, 1])
        {
            using var client = await RawClient.OpenAsync(server[refused]);
            await client.ReceiveEndAsync();
        }

        using var allowed = await OpenAsync(server, isEncrypted, 2);
        await allowed.ConnectAsync("allowed");
        await server.LogsAsync("Deny names its address");
        await server.LogsAsync("Allow does not name its address");
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Beyond_the_connections_of_a_listener_the_newest_is_closed_until_one_leaves(bool isEncrypted)
    {
        await using var server = await ListenServer.StartAsync(Listener(isEncrypted, listener => listener.ConnectionsMax = 2), ListenServer.Plain());
        using var first = await OpenAsync(server, isEncrypted);
        await first.ConnectAsync("first");
        using var half = await RawClient.OpenAsync(server[0]);
        await half.SendAsync([0x10]);
        using var third = await RawClient.OpenAsync(server[0]);
        await third.ReceiveEndAsync();
        using var elsewhere = await RawClient.ConnectAsync(server[1], "elsewhere");

        half.Reset();
        first.Dispose();

        for (var i = 0; i < 2; i++)
        {
            await Eventually.IsTrueAsync(() => IsLetIn(server, isEncrypted), "there is room again");
        }
    }

    [Fact]
    public async Task A_Unix_socket_serves_the_same_broker_and_one_that_was_left_behind_is_replaced()
    {
        var path = Path.Combine(Pki.Instance.Directory, $"{Guid.NewGuid():N}.sock");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path));
            File.Move(path, path + ".kept");            // or .NET would delete it with the socket
        }

        File.Move(path + ".kept", path);
        Assert.True(File.Exists(path));
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        await using var server = await ListenServer.StartAsync(new ListenerOptions { UnixPath = path, UnixMode = Mode }, ListenServer.Plain());
        using var local = await StreamClient.OpenAsync(new UnixDomainSocketEndPoint(path));
        await local.ConnectAsync("local");
        await local.SubscribeAsync("a");
        using var plain = await RawClient.ConnectAsync(server[1], "plain");

        await plain.SendAsync(Bytes.Publish("a", "over TCP"));

        Assert.Equal("a over TCP", (await local.ReceiveAsync()).Text());
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == Mode);
        Assert.Equal($"mqtt  unix:{path}  not encrypted  everyone who may open the socket", server.Server.Listeners[0].ToString());
        await server.LogsAsync("connect \"local\" from a Unix socket");
        var failure = await Assert.ThrowsAsync<ServerStartException>(() => ListenServer.StartAsync(new ListenerOptions { UnixPath = path }));
        Assert.Contains("Another program listens there", failure.Message);
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_not_deleted()
    {
        var path = Path.Combine(Pki.Instance.Directory, $"{Guid.NewGuid():N}.txt");
        await File.WriteAllTextAsync(path, "precious", TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ServerStartException>(() => ListenServer.StartAsync(new ListenerOptions { UnixPath = path }));

        Assert.Equal("precious", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    private static AuthenticationResult Accept(string user) => new(ConnackReasonCode.Success, new Identity { UserName = user }, "");

    private static AuthenticationResult Refuse() => new(ConnackReasonCode.BadUserNameOrPassword, Identity: null, "the test says no");

    private static Task<ListenServer> StartAsync(bool isEncrypted, IAuthentication authentication, ListenerOptions? open = null) =>
        StartAsync(isEncrypted, authentication, _ => { }, open is null ? [] : [open]);

    private static Task<ListenServer> StartAsync(bool isEncrypted, IAuthentication authentication, Action<ServerOptions> configure, params ListenerOptions[] open) =>
        ListenServer.StartAsync(
            new ServerSecurity { AuthenticationOf = listener => open.Contains(listener) ? null : authentication },
            configure,
            [Listener(isEncrypted), .. open]);

    private static ListenerOptions Listener(bool isEncrypted, Action<ListenerOptions>? configure = null)
    {
        var listener = isEncrypted ? ListenServer.Tls() : ListenServer.Plain();
        configure?.Invoke(listener);
        return listener;
    }

    private static async Task<StreamClient> OpenAsync(ListenServer server, bool isEncrypted, int listener = 0) => isEncrypted
        ? new StreamClient(await StreamClient.OpenTlsAsync(server[listener]))
        : await StreamClient.OpenAsync(server[listener]);

    private static bool IsLetIn(ListenServer server, bool isEncrypted)
    {
        try
        {
            using var client = OpenAsync(server, isEncrypted).GetAwaiter().GetResult();
            return client.ConnectCodeAsync(Bytes.Connect("late")).GetAwaiter().GetResult() == 0;
        }
        catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException or Xunit.Sdk.XunitException)
        {
            return false;
        }
    }
}
