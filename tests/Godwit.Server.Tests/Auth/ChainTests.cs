using Godwit.Broker.Security;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Tests.Auth.Support;

namespace Godwit.Server.Tests.Auth;

public sealed class ChainTests : IDisposable
{
    private readonly AuthWorld _world = new();

    [Fact]
    public void Without_sources_and_without_words_a_broker_on_loopback_asks_nobody() => Assert.True(_world.Service.IsOpen);

    [Fact]
    public void Any_source_or_any_word_against_anonymous_clients_closes_it()
    {
        _world.Listener.AllowAnonymous = false;

        Assert.False(_world.Service.IsOpen);
    }

    [Theory]
    [InlineData(null, false, ConnackReasonCode.NotAuthorized)]
    [InlineData(false, false, ConnackReasonCode.NotAuthorized)]
    [InlineData(true, false, ConnackReasonCode.Success)]
    [InlineData(null, true, ConnackReasonCode.NotAuthorized)]
    public async Task Once_there_are_users_anonymous_clients_need_an_explicit_word(bool? allow, bool isRemote, ConnackReasonCode code)
    {
        _world.Settings.PasswordFile = _world.WritePasswords("passwd", ("alice", "secret"));
        _world.Listener.AllowAnonymous = allow;
        _world.Listener.Addresses = [isRemote ? System.Net.IPAddress.Any : System.Net.IPAddress.Loopback];

        var result = await _world.LogInAsync(user: null, password: null);

        Assert.Equal(code, result.Code);
        Assert.Equal(code == ConnackReasonCode.Success, result.Identity is { UserName: null });
    }

    [Theory, Spec("Hostile-45")]
    [InlineData("alice", "secret", ConnackReasonCode.Success)]
    [InlineData("alice", "Secret", ConnackReasonCode.BadUserNameOrPassword)]
    [InlineData("alice", "", ConnackReasonCode.BadUserNameOrPassword)]
    [InlineData("alice", null, ConnackReasonCode.BadUserNameOrPassword)]
    [InlineData("Alice", "secret", ConnackReasonCode.BadUserNameOrPassword)]
    [InlineData("", "secret", ConnackReasonCode.BadUserNameOrPassword)]
    [InlineData("", null, ConnackReasonCode.BadUserNameOrPassword)]
    [InlineData(null, "secret", ConnackReasonCode.BadUserNameOrPassword)]
    public async Task Only_user_name_and_password_together_open_the_door(string? user, string? password, ConnackReasonCode code)
    {
        _world.Settings.PasswordFile = _world.WritePasswords("passwd", ("alice", "secret"));
        _world.Listener.AllowAnonymous = true;

        var result = await _world.LogInAsync(user, password);

        Assert.Equal(code, result.Code);
        Assert.Equal(code == ConnackReasonCode.Success ? "alice" : null, result.Identity?.UserName);
        Assert.Equal(result.IsAccepted ? "10.0.0.1" : null, result.Identity?.Address?.ToString());
    }

    [Fact]
    public async Task Sources_are_asked_in_order_until_one_knows_the_user()
    {
        Source("first", _world.WritePasswords("a", ("alice", "one")));
        Source("second", _world.WritePasswords("b", ("alice", "two"), ("bob", "two")));

        Assert.Equal("first: right password", (await _world.LogInAsync("alice", "one")).Reason);
        Assert.Equal("second: right password", (await _world.LogInAsync("bob", "two")).Reason);
        Assert.Equal("first: wrong password", (await _world.LogInAsync("alice", "two")).Reason);
        Assert.Equal("no source knows this user", (await _world.LogInAsync("carol", "two")).Reason);
    }

    [Fact]
    public async Task A_listener_names_its_own_chain()
    {
        Source("first", _world.WritePasswords("a", ("alice", "one")));
        Source("second", _world.WritePasswords("b", ("bob", "two")));
        _world.Settings.Chains.Add(new ChainSettings { Name = "other", Sources = ["second"], UserNameAsClientId = true });
        _world.Listener.Authentication = "other";

        Assert.False((await _world.LogInAsync("alice", "one")).IsAccepted);
        var bob = await _world.LogInAsync("bob", "two", clientId: "whatever");
        Assert.True(bob.IsAccepted);
        Assert.Equal("bob", bob.ClientId);
    }

    [Fact]
    public void A_chain_or_a_source_that_is_not_there_stops_the_start_with_all_errors()
    {
        _world.Settings.Chains.Add(new ChainSettings { Name = "a", Sources = ["nothing"] });
        _world.Settings.Sources.Add(new SourceSettings { Kind = SourceKind.PasswordFile });
        _world.Listener.Authentication = "none";

        var errors = Assert.Throws<AuthenticationFileException>(() => _world.Service).Errors;

        Assert.Contains(errors, error => error.Contains("the source 'nothing', which is not there", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("needs the key File", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("the chain 'none'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_the_user_name_is_the_client_identifier_nobody_comes_in_without_one()
    {
        _world.Settings.UserNameAsClientId = true;

        var result = await _world.LogInAsync(user: null, password: null);

        Assert.Equal(ConnackReasonCode.BadUserNameOrPassword, result.Code);
    }

    [Fact]
    public async Task Names_that_nobody_proves_count_only_when_the_configuration_says_so()
    {
        _world.Settings.Sources.Add(new SourceSettings { Kind = SourceKind.Unproved });
        _world.Listener.AllowAnonymous = true;

        Assert.Equal("alice", (await _world.LogInAsync("alice", "whatever")).Identity?.UserName);
        Assert.True((await _world.LogInAsync(user: null, password: null)).IsAccepted);
    }

    [Fact]
    public async Task Ones_own_source_accepts_refuses_or_passes_on()
    {
        _world.Settings.Own.Add(new Doorman());
        _world.Settings.PasswordFile = _world.WritePasswords("passwd", ("alice", "secret"));

        var friend = await _world.LogInAsync("friend", "anything");
        Assert.Equal((ConnackReasonCode.Success, "friend", "known"), (friend.Code, friend.Identity?.UserName, friend.Identity?.Groups.Single()));
        Assert.Equal(ConnackReasonCode.Banned, (await _world.LogInAsync("foe", "anything")).Code);
        Assert.Equal(ConnackReasonCode.BadUserNameOrPassword, (await _world.LogInAsync("stranger", "anything")).Code);
        Assert.True((await _world.LogInAsync("alice", "secret")).IsAccepted);
    }

    [Fact]
    public async Task A_source_that_fails_lets_nobody_in_and_its_message_is_not_logged()
    {
        _world.Settings.Own.Add(new Doorman());

        var result = await _world.LogInAsync("faint", "canary-password");

        Assert.Equal(ConnackReasonCode.ServerUnavailable, result.Code);
        Assert.Contains(_world.Log.Lines, line => line.Contains("doorman cannot be asked (InvalidOperationException)", StringComparison.Ordinal));
        Assert.All(_world.Log.Lines, line => Assert.DoesNotContain("canary", line));
    }

    [Fact]
    public async Task A_source_that_does_not_answer_is_a_refusal_when_the_time_is_over()
    {
        _world.Settings.Own.Add(new Doorman());
        var login = _world.LogInAsync("slow", "anything");

        _world.Time.Advance(TimeSpan.FromMilliseconds(_world.Settings.TimeLimitMs - 1));
        Assert.False(login.IsCompleted);
        _world.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(ConnackReasonCode.ServerUnavailable, (await login).Code);
    }

    [Fact]
    public async Task A_client_that_has_gone_is_not_judged()
    {
        _world.Settings.Own.Add(new Doorman());
        using var gone = new CancellationTokenSource();
        var login = _world.Service.AuthenticateAsync(_world.Request("slow", "x"), gone.Token).AsTask();

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => login);
    }

    [Fact]
    public async Task A_re_authentication_must_be_of_the_same_user()
    {
        _world.Settings.PasswordFile = _world.WritePasswords("passwd", ("alice", "a"), ("bob", "b"));

        Assert.True((await _world.LogInAsync(_world.Request("alice", "a") with { Principal = "alice" })).IsAccepted);
        Assert.Equal(ConnackReasonCode.NotAuthorized, (await _world.LogInAsync(_world.Request("bob", "b") with { Principal = "alice" })).Code);
    }

    [Fact]
    public async Task A_refused_re_authentication_is_one_line_with_who_and_why()
    {
        _world.Settings.PasswordFile = _world.WritePasswords("passwd", ("alice", "a"));

        var request = _world.Request("alice", "canary") with { ClientId = "line\nbreak" };

        await _world.LogInAsync(request);
        await _world.LogInAsync(request with { Principal = "alice" });

        Assert.Single(_world.Log.Lines, line => line.StartsWith("Information 201 re-authentication of \"line\\u{A}break\" as \"alice\" from 10.0.0.1 refused, 0x86: password file: wrong password", StringComparison.Ordinal));
    }

    public void Dispose() => _world.Dispose();

    private void Source(string name, string file) => _world.Settings.Sources.Add(new SourceSettings { Name = name, Kind = SourceKind.PasswordFile, File = file });

    /// <summary>The sample of docs/authentication.md.</summary>
    private sealed class Doorman : IAuthenticator
    {
        public string Name => "doorman";

        public async ValueTask<AuthenticationVerdict> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellation)
        {
            switch (request.UserName)
            {
                case "friend":
                    return AuthenticationVerdict.Accept(new Identity { UserName = "friend", Groups = ["known"] }, "doorman: a friend");

                case "foe":
                    return AuthenticationVerdict.Refuse(ConnackReasonCode.Banned, "doorman: not this one");

                case "faint":
                    throw new InvalidOperationException("canary of a driver");

                case "slow":
                    await Task.Delay(Timeout.Infinite, cancellation);
                    break;
            }

            return AuthenticationVerdict.Unknown("doorman: a stranger");
        }
    }
}
