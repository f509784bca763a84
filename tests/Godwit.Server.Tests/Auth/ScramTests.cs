using System.Text;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authentication.Scram;
using Godwit.Server.Tests.Auth.Support;

namespace Godwit.Server.Tests.Auth;

public sealed class ScramTests : IDisposable
{
    private readonly AuthWorld _world = new();

    // RFC 7677 §3.
    [Fact]
    public void The_example_of_the_RFC_is_answered_byte_for_byte()
    {
        var verifier = ScramVerifier.Create(ScramMethod.Sha256, "pencil"u8, 4_096, Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="));
        var server = ScramServer.TryBegin(ScramMethod.Sha256, "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"u8, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");

        Assert.Equal("user", server!.UserName);
        Assert.Equal("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", Encoding.UTF8.GetString(server.Challenge(verifier)));
        Assert.True(server.TryFinish("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="u8, out var last));
        Assert.Equal("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", Encoding.UTF8.GetString(last));
    }

    [Theory]
    [InlineData("SCRAM-SHA-256", "secret", true)]
    [InlineData("SCRAM-SHA-512", "secret", true)]
    [InlineData("SCRAM-SHA-256", "Secret", false)]
    [InlineData("SCRAM-SHA-512", "", false)]
    public async Task Who_knows_the_password_comes_in_and_sees_that_the_server_knows_the_verifier(string method, string password, bool comesIn)
    {
        Use("alice", "secret");
        var client = new ScramClient(method, "alice", password);

        var result = await _world.LogInAsync(client.Request(_world));

        Assert.Equal(comesIn ? ConnackReasonCode.Success : ConnackReasonCode.BadUserNameOrPassword, result.Code);
        Assert.Equal(comesIn ? "alice" : null, result.Identity?.UserName);
        Assert.Equal(comesIn, client.IsServerProved(result.Data));
        Assert.Equal(comesIn, !result.Data.IsEmpty);
    }

    [Fact]
    public async Task A_user_who_does_not_exist_is_asked_like_everybody_with_the_same_salt_each_time()
    {
        Use("alice", "secret");
        var first = new ScramClient("SCRAM-SHA-256", "nobody", "x");
        var second = new ScramClient("SCRAM-SHA-256", "nobody", "x");
        var other = new ScramClient("SCRAM-SHA-256", "somebody", "x");

        foreach (var client in (ScramClient[])[first, second, other])
        {
            Assert.Equal(ConnackReasonCode.BadUserNameOrPassword, (await _world.LogInAsync(client.Request(_world))).Code);
        }

        Assert.Equal(first.Salt, second.Salt);
        Assert.NotEqual(first.Salt, other.Salt);
    }

    [Fact]
    public async Task A_re_authentication_is_of_the_same_user()
    {
        Use("alice", "secret");
        _world.Write("scram", File.ReadAllText(_world.PathOf("scram")) + $"bob:{ScramVerifier.Create(ScramMethod.Sha256, "b"u8).Encode()}\n");

        var same = await _world.LogInAsync(new ScramClient("SCRAM-SHA-256", "alice", "secret").Request(_world) with { Principal = "alice" });
        var other = await _world.LogInAsync(new ScramClient("SCRAM-SHA-256", "bob", "b").Request(_world) with { Principal = "alice" });

        Assert.Equal((ConnackReasonCode.Success, ConnackReasonCode.NotAuthorized), (same.Code, other.Code));
    }

    [Theory]
    [InlineData("")]
    [InlineData("n,,n=user")]
    [InlineData("p=tls-unique,,n=user,r=abc")]
    [InlineData("n,a=admin,n=user,r=abc")]
    [InlineData("n,,m=ext,n=user,r=abc")]
    [InlineData("n,,n=,r=abc")]
    [InlineData("n,,n=us=er,r=abc")]
    [InlineData("n,,n=user,r=")]
    [InlineData("n,,n=user,r=a b")]
    [InlineData("n,,n=user,r=abc,x=1")]
    public void A_first_message_that_is_not_understood_is_refused(string message) =>
        Assert.Null(ScramServer.TryBegin(ScramMethod.Sha256, Encoding.UTF8.GetBytes(message)));

    [Fact]
    public void Commas_and_equals_signs_of_a_name_are_escaped() =>
        Assert.Equal("a,b=c", ScramServer.TryBegin(ScramMethod.Sha256, "y,,n=a=2Cb=3Dc,r=abc"u8)!.UserName);

    [Theory]
    [InlineData("c=biws,r=abcXYZ,p=AAAA")]
    [InlineData("c=eSws,r=abcXYZ,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")]
    [InlineData("c=biws,r=abc,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")]
    [InlineData("c=biws,r=abcXYZ")]
    [InlineData("c=biws,r=abcXYZ,p=!")]
    [InlineData("")]
    public void A_last_message_that_is_not_of_this_exchange_is_wrong(string message)
    {
        var server = ScramServer.TryBegin(ScramMethod.Sha256, "n,,n=user,r=abc"u8, "XYZ")!;
        server.Challenge(ScramVerifier.Create(ScramMethod.Sha256, "pencil"u8, 4_096));

        Assert.False(server.TryFinish(Encoding.UTF8.GetBytes(message), out _));
    }

    [Fact]
    public async Task A_client_that_goes_away_in_the_middle_or_uses_another_method_is_refused()
    {
        Use("alice", "secret");
        var gone = new ScramClient("SCRAM-SHA-256", "alice", "secret") { GoesAway = true };

        Assert.Equal(ConnackReasonCode.ProtocolError, (await _world.LogInAsync(gone.Request(_world))).Code);
        Assert.Equal(ConnackReasonCode.BadAuthenticationMethod, (await _world.LogInAsync(gone.Request(_world) with { Method = "GS2-KRB5" })).Code);
        Assert.Equal(ConnackReasonCode.BadAuthenticationMethod, (await _world.LogInAsync(gone.Request(_world) with { Method = "SCRAM-SHA-1" })).Code);
        Assert.Equal(["SCRAM-SHA-256", "SCRAM-SHA-512"], _world.Service.Methods);
    }

    [Fact]
    public async Task Wrong_proofs_are_slowed_like_wrong_passwords()
    {
        Use("alice", "secret");
        _world.Settings.WaitMsMax = 100;
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("scram: wrong proof", (await _world.LogInAsync(new ScramClient("SCRAM-SHA-256", "alice", $"guess {i}").Request(_world))).Reason);
        }

        Assert.Equal(ConnackReasonCode.ConnectionRateExceeded, (await _world.LogInAsync(new ScramClient("SCRAM-SHA-256", "alice", "secret").Request(_world))).Code);
    }

    [Theory, Spec("Hostile-46")]
    [InlineData("alice", "a line is user:verifier")]
    [InlineData(":SCRAM-SHA-256$4096:AAAA$AAAA:AAAA", "a line is user:verifier")]
    [InlineData("alice:canary", "a verifier is")]
    [InlineData("alice:SCRAM-SHA-1$4096:AAAA$AAAA:AAAA", "the mechanism")]
    [InlineData("alice:SCRAM-SHA-256$1:AAAA$AAAA:AAAA", "the number of iterations")]
    [InlineData("alice:SCRAM-SHA-256$4096:AAAA$AAAA:AAAA", "the salt")]
    [InlineData("alice:SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAA$AAAA:AAAA", "a key")]
    public void A_file_that_cannot_be_understood_stops_the_start(string line, string words)
    {
        _world.Settings.Sources.Add(new SourceSettings { Kind = SourceKind.Scram, File = _world.Write("scram", $"# c\n{line}\n") });

        var message = Assert.Throws<AuthenticationFileException>(() => _world.Service).Message;

        Assert.Contains($"{_world.PathOf("scram")}:2: {words}", message);
        Assert.DoesNotContain("canary", message);
    }

    public void Dispose() => _world.Dispose();

    private void Use(string user, string password)
    {
        var bytes = Encoding.UTF8.GetBytes(password);
        _world.Settings.Sources.Add(new SourceSettings
        {
            Kind = SourceKind.Scram,
            File = _world.Write("scram", $"{user}:{ScramVerifier.Create(ScramMethod.Sha256, bytes, 4_096).Encode()}\n{user}:{ScramVerifier.Create(ScramMethod.Sha512, bytes, 4_096).Encode()}\n"),
        });
    }
}
