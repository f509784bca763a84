using Godwit.Protocol;
using Godwit.Server.Hosting;
using Godwit.Server.Tests.Auth.Support;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Auth;

/// <summary>A session belongs to its user, over sockets and with real logins.</summary>
public sealed class PrincipalOverSocketsTests : IDisposable
{
    private readonly AuthWorld _files = new();

    public static TheoryData<TransportKind, ProtocolVersion> Versions => new(
        from transport in TestServer.Transports.Select(row => row.Data)
        from version in (ProtocolVersion[])[ProtocolVersion.Mqtt5, ProtocolVersion.Mqtt311]
        select (transport, version));

    [Theory, MemberData(nameof(Versions)), Spec("Hostile-30", "Hostile-31")]
    public async Task Another_user_gets_neither_the_connection_nor_the_session(TransportKind transport, ProtocolVersion version)
    {
        await using var server = await LoginServer.StartAsync(transport, (options, _) =>
            options.Authentication.PasswordFile = _files.WritePasswords("users", ("alice", "secret"), ("mallory", "password")));
        using var alice = await server.OpenAsync("pump", "alice", "secret");
        Assert.Equal(0, (await alice.ReceiveAsync()).ConnackCode);
        await alice.SubscribeAsync("a", QoS.AtLeastOnce);

        Assert.Equal(version == ProtocolVersion.Mqtt5 ? 0x85 : 2, await server.LogInAsync("pump", "mallory", "password", version));
        Assert.Equal(version == ProtocolVersion.Mqtt5 ? 0x86 : 4, await server.LogInAsync("pump", "alice", "password", version));
        using var other = await server.OpenAsync("other", "mallory", "password");
        Assert.Equal(0, (await other.ReceiveAsync()).ConnackCode);
        await other.SendAsync(Bytes.Publish("a", "still mine"));

        Assert.Equal("a still mine", (await alice.ReceiveAsync()).Text());
    }

    public void Dispose() => _files.Dispose();
}
