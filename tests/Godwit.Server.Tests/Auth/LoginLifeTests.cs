using System.Text.Json.Nodes;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Hosting;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authentication.Scram;
using Godwit.Server.Tests.Auth.Support;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Auth;

/// <summary>Logins that take several packets, are renewed, or end.</summary>
public sealed class LoginLifeTests : IDisposable
{
    private const string Method = "SCRAM-SHA-256";

    private readonly AuthWorld _files = new();

    public static TheoryData<TransportKind> Transports => TestServer.Transports;

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-4.12.0-2", "MQTT-4.12.0-3")]
    public async Task A_client_logs_in_by_SCRAM_and_sees_the_proof_of_the_server_in_CONNACK(TransportKind transport)
    {
        await using var server = await StartAsync(transport);
        var scram = new ScramClient(Method, "alice", "secret");
        using var client = await LogInAsync(server, scram);

        var connack = await client.ReceiveAsync();

        Assert.Equal(0, connack.ConnackCode);
        Assert.Equal(PacketError.None, ConnackPacket.TryRead(connack.Body, ProtocolVersion.Mqtt5, out var packet));
        Assert.True(packet.Properties.TryGet(PropertyId.AuthenticationData, out var proof));
        Assert.True(scram.IsServerProved(proof.Value.ToArray()));
    }

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-4.12.0-4")]
    public async Task A_wrong_password_and_another_method_are_refused(TransportKind transport)
    {
        await using var server = await StartAsync(transport);
        using var wrong = await LogInAsync(server, new ScramClient(Method, "alice", "Secret"));
        using var other = await server.OpenByMethodAsync("b", "SCRAM-SHA-1", new ScramClient(Method, "alice", "secret").First);

        Assert.Equal(0x86, (await wrong.ReceiveAsync()).ConnackCode);
        Assert.Equal(0x8C, (await other.ReceiveAsync()).ConnackCode);
    }

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-4.12.1-1")]
    public async Task A_client_authenticates_itself_anew_and_again(TransportKind transport)
    {
        await using var server = await StartAsync(transport);
        using var client = await LogInAsync(server, new ScramClient(Method, "alice", "secret"));
        Assert.Equal(0, (await client.ReceiveAsync()).ConnackCode);

        for (var i = 0; i < 2; i++)
        {
            var anew = new ScramClient(Method, "alice", "secret");
            await client.SendAsync(LoginServer.Auth(AuthReasonCode.Reauthenticate, Method, anew.First));
            await AnswerAsync(client, anew);
            var (code, proof) = Read(await client.ReceiveAsync());
            Assert.Equal(AuthReasonCode.Success, code);
            Assert.True(anew.IsServerProved(proof));
        }

        await client.SendAsync(Bytes.Pingreq());
        Assert.Equal(PacketType.Pingresp, (await client.ReceiveAsync()).Type);
    }

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-4.12.1-2")]
    public async Task A_re_authentication_that_fails_or_is_of_another_user_ends_the_connection(TransportKind transport)
    {
        await using var server = await StartAsync(transport);
        foreach (var (user, password) in ((string, string)[])[("alice", "wrong"), ("bob", "secret")])
        {
            using var client = await LogInAsync(server, new ScramClient(Method, "alice", "secret"));
            Assert.Equal(0, (await client.ReceiveAsync()).ConnackCode);

            var anew = new ScramClient(Method, user, password);
            await client.SendAsync(LoginServer.Auth(AuthReasonCode.Reauthenticate, Method, anew.First));
            await AnswerAsync(client, anew);

            var disconnect = await client.ReceiveAsync();
            Assert.Equal((PacketType.Disconnect, 0x87), (disconnect.Type, disconnect.Body[0]));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_connection_ends_with_its_token(TransportKind transport)
    {
        await using var server = await LoginServer.StartAsync(transport, (options, _) =>
        {
            options.Authentication.Sources.Add(new SourceSettings { Kind = SourceKind.Jwt });
            options.Authentication.Sources[0].Jwt.KeyFile = _files.Write("jwks", TokenMaker.Jwks());
            options.Authentication.Sources[0].Jwt.Algorithms = ["ES256"];
            options.Authentication.Sources[0].Jwt.LeewaySeconds = 0;
        });
        var exp = DateTimeOffset.UtcNow.AddSeconds(1).ToUnixTimeMilliseconds() / 1_000.0;
        using var client = await server.OpenAsync("a", "alice", TokenMaker.Token("ES256", new JsonObject { ["sub"] = "alice", ["exp"] = exp }));
        using var later = await server.OpenAsync("b", "alice", TokenMaker.Token("ES256", new JsonObject { ["sub"] = "alice", ["exp"] = exp + 3_600 }));
        Assert.Equal(0, (await client.ReceiveAsync()).ConnackCode);
        Assert.Equal(0, (await later.ReceiveAsync()).ConnackCode);

        var disconnect = await client.ReceiveAsync();

        Assert.Equal((PacketType.Disconnect, 0x87), (disconnect.Type, disconnect.Body[0]));
        await later.SendAsync(Bytes.Pingreq());
        Assert.Equal(PacketType.Pingresp, (await later.ReceiveAsync()).Type);
    }

    public void Dispose() => _files.Dispose();

    private Task<LoginServer> StartAsync(TransportKind transport) => LoginServer.StartAsync(transport, (options, _) =>
    {
        var lines = ((string[])["alice", "bob"]).Select(user => $"{user}:{ScramVerifier.Create(ScramMethod.Sha256, "secret"u8, 4_096).Encode()}\n");
        options.Authentication.Sources.Add(new SourceSettings { Kind = SourceKind.Scram, File = _files.Write("scram", string.Concat(lines)) });
    });

    /// <summary>As far as the client's last message.</summary>
    private static async Task<RawClient> LogInAsync(LoginServer server, ScramClient scram)
    {
        var client = await server.OpenByMethodAsync("a", Method, scram.First);
        await AnswerAsync(client, scram);
        return client;
    }

    private static async Task AnswerAsync(RawClient client, ScramClient scram)
    {
        var (code, challenge) = Read(await client.ReceiveAsync());
        Assert.Equal(AuthReasonCode.ContinueAuthentication, code);
        var answer = await scram.ContinueAsync(challenge, TestContext.Current.CancellationToken);
        await client.SendAsync(LoginServer.Auth(AuthReasonCode.ContinueAuthentication, Method, answer!.Value.ToArray()));
    }

    private static (AuthReasonCode Code, byte[] Data) Read(ReceivedPacket packet)
    {
        Assert.Equal(PacketType.Auth, packet.Type);
        Assert.Equal(PacketError.None, AuthPacket.TryRead(packet.Body, ProtocolVersion.Mqtt5, PacketSender.Server, out var auth));
        return (auth.ReasonCode, auth.Properties.TryGet(PropertyId.AuthenticationData, out var data) ? data.Value.ToArray() : []);
    }
}
