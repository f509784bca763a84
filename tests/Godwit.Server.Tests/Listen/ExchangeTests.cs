using System.Text;
using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Hosting;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Listen;

/// <summary>AUTH packets before CONNACK (5.0 §4.12), over the epoll transport and over Kestrel.</summary>
public sealed class ExchangeTests
{
    public static TheoryData<bool> Transports => [false, true];

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-4.12.0-2", "MQTT-4.12.0-5")]
    public async Task Two_steps_with_AUTH_let_a_client_in_and_what_comes_behind_them_is_handled(bool isEncrypted)
    {
        await using var server = await StartAsync(isEncrypted);
        using var client = await OpenAsync(server, isEncrypted);

        await client.SendAsync(Connect("counting", "1"));
        await AnswerAsync(client, "2", "3");
        await AnswerAsync(client, "4", "5", Bytes.Subscribe("a"), Bytes.Publish("a", "behind"));

        Assert.Equal(0, (await client.ReceiveAsync()).ConnackCode);
        Assert.Equal(PacketType.Suback, (await client.ReceiveAsync()).Type);
        Assert.Equal("a behind", (await client.ReceiveAsync()).Text());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_wrong_answer_is_refused(bool isEncrypted)
    {
        await using var server = await StartAsync(isEncrypted);
        using var client = await OpenAsync(server, isEncrypted);

        await client.SendAsync(Connect("counting", "1"));
        await AnswerAsync(client, "2", "7");

        Assert.Equal((byte)ConnackReasonCode.NotAuthorized, (await client.ReceiveAsync()).ConnackCode);
        await client.ReceiveEndAsync();
    }

    [Theory, MemberData(nameof(Transports)), Spec("Trap-43", "MQTT-4.12.0-1")]
    public async Task A_method_that_nobody_knows_is_refused_and_so_is_another_one_in_AUTH(bool isEncrypted)
    {
        await using var server = await StartAsync(isEncrypted);
        using var unknown = await OpenAsync(server, isEncrypted);
        using var other = await OpenAsync(server, isEncrypted);
        using var publisher = await OpenAsync(server, isEncrypted);

        await unknown.SendAsync(Connect("guessing", "1"));
        await other.SendAsync(Connect("counting", "1"));
        await publisher.SendAsync(Connect("counting", "1"));
        Assert.Equal(PacketType.Auth, (await other.ReceiveAsync()).Type);
        Assert.Equal(PacketType.Auth, (await publisher.ReceiveAsync()).Type);
        await other.SendAsync(Auth("guessing", "3"));
        await publisher.SendAsync(Bytes.Publish("a", "too early"));

        Assert.Equal((byte)ConnackReasonCode.BadAuthenticationMethod, (await unknown.ReceiveAsync()).ConnackCode);
        Assert.Equal((byte)ConnackReasonCode.NotAuthorized, (await other.ReceiveAsync()).ConnackCode);
        Assert.Equal((byte)ConnackReasonCode.NotAuthorized, (await publisher.ReceiveAsync()).ConnackCode);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Who_does_not_answer_AUTH_is_closed_when_the_time_for_CONNECT_is_over(bool isEncrypted)
    {
        var counting = new Counting();
        await using var server = await ListenServer.StartAsync(
            new ServerSecurity { AuthenticationOf = _ => counting }, options => options.Limits.ConnectTimeoutMs = 300, isEncrypted ? ListenServer.Tls() : ListenServer.Plain());
        using var client = await OpenAsync(server, isEncrypted);

        await client.SendAsync(Connect("counting", "1"));

        Assert.Equal(PacketType.Auth, (await client.ReceiveAsync()).Type);
        await client.ReceiveEndAsync();
        await Eventually.IsTrueAsync(() => counting.GivenUp == 1, "the question is given up");
    }

    private static Task<ListenServer> StartAsync(bool isEncrypted)
    {
        var counting = new Counting();
        return ListenServer.StartAsync(new ServerSecurity { AuthenticationOf = _ => counting }, _ => { }, isEncrypted ? ListenServer.Tls() : ListenServer.Plain());
    }

    private static async Task<StreamClient> OpenAsync(ListenServer server, bool isEncrypted) =>
        isEncrypted ? new StreamClient(await StreamClient.OpenTlsAsync(server[0])) : await StreamClient.OpenAsync(server[0]);

    private static async Task AnswerAsync(StreamClient client, string expected, string answer, params byte[][] behind)
    {
        var auth = await client.ReceiveAsync();
        Assert.Equal(PacketType.Auth, auth.Type);
        Assert.Equal(0x18, auth.Body[0]);
        Assert.EndsWith(expected, Encoding.UTF8.GetString(auth.Body), StringComparison.Ordinal);
        await client.SendAsync([Auth("counting", answer), .. behind]);
    }

    private static byte[] Connect(string method, string data)
    {
        var properties = Properties(method, data);
        byte[] body = [0, 4, .. "MQTT"u8, 5, 2, 0, 0, (byte)properties.Length, .. properties, 0, 1, (byte)'c'];
        return [0x10, (byte)body.Length, .. body];
    }

    private static byte[] Auth(string method, string data)
    {
        var properties = Properties(method, data);
        return [0xF0, (byte)(properties.Length + 2), 0x18, (byte)properties.Length, .. properties];
    }

    private static byte[] Properties(string method, string data) =>
        [0x15, 0, (byte)method.Length, .. Encoding.UTF8.GetBytes(method), 0x16, 0, (byte)data.Length, .. Encoding.UTF8.GetBytes(data)];

    /// <summary>Client and server count up by turns: 1, 2, 3, 4, 5.</summary>
    private sealed class Counting : IAuthentication
    {
        private int _givenUp;

        public bool IsOpen => false;

        public IReadOnlyList<string> Methods => ["counting"];

        public int GivenUp => Volatile.Read(ref _givenUp);

        public async ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellation)
        {
            try
            {
                var said = request.Data;
                for (var number = 1; number < 5; number += 2)
                {
                    var answer = Encoding.UTF8.GetString(said.Span) == $"{number}"
                        ? await request.Exchange!.ContinueAsync(Encoding.UTF8.GetBytes($"{number + 1}"), cancellation)
                        : null;
                    if (answer is null)
                    {
                        return new AuthenticationResult(ConnackReasonCode.NotAuthorized, Identity: null, "it cannot count");
                    }

                    said = answer.Value;
                }

                return Encoding.UTF8.GetString(said.Span) == "5"
                    ? new AuthenticationResult(ConnackReasonCode.Success, new Identity { UserName = "counter" }, "")
                    : new AuthenticationResult(ConnackReasonCode.NotAuthorized, Identity: null, "it cannot count");
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref _givenUp);
                throw;
            }
        }
    }
}
