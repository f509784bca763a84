using System.Text.Json.Nodes;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Tests.Auth.Support;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Auth;

/// <summary>Keys of tokens that are read from an address.</summary>
public sealed class RemoteKeyTests : IAsyncLifetime
{
    private readonly AuthWorld _world = new();
    private AnswerService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await AnswerService.StartAsync();
        var source = new SourceSettings { Kind = SourceKind.Jwt };
        source.Jwt.KeyUrl = new Uri(_service.Url, "/jwks").ToString();
        source.Jwt.Algorithms = ["ES256", "HS256"];
        _world.Settings.Sources.Add(source);
    }

    [Fact]
    public async Task Keys_are_read_and_public_ones_only()
    {
        _service.Answers(200, TokenMaker.Jwks());

        Assert.True((await LogInAsync("ES256", "es256")).IsAccepted);
        Assert.False((await LogInAsync("HS256", "hs")).IsAccepted);
    }

    [Fact]
    public async Task A_new_key_is_found_when_a_token_names_it_and_not_asked_for_again_and_again()
    {
        _service.Answers(200, """{"keys":[]}""");
        await LogInAsync("ES256", "es256");
        _service.Answers(200, TokenMaker.Jwks());
        for (var i = 0; i < 20; i++)
        {
            Assert.False((await LogInAsync("ES256", "es256")).IsAccepted);
        }

        Assert.InRange(_service.Questions.Count, 1, 2);
        _world.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.True((await LogInAsync("ES256", "es256")).IsAccepted);
    }

    [Fact]
    public async Task Without_keys_nobody_comes_in_and_the_last_keys_count_for_a_day()
    {
        _service.Answers(500);
        Assert.Equal(ConnackReasonCode.ServerUnavailable, (await LogInAsync("ES256", "es256")).Code);
        Assert.Contains(_world.Log.Lines, line => line.StartsWith("Warning 209", StringComparison.Ordinal));

        _service.Answers(200, TokenMaker.Jwks());
        _world.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.True((await LogInAsync("ES256", "es256")).IsAccepted);

        _service.Answers(500);
        _world.Time.Advance(TimeSpan.FromHours(23));
        Assert.True((await LogInAsync("ES256", "es256")).IsAccepted);
        _world.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(ConnackReasonCode.ServerUnavailable, (await LogInAsync("ES256", "es256")).Code);
    }

    [Fact]
    public async Task Keys_are_read_again_when_their_time_is_over()
    {
        _service.Answers(200, TokenMaker.Jwks());
        Assert.True((await LogInAsync("ES256", "es256")).IsAccepted);

        _world.Time.Advance(TimeSpan.FromSeconds(300));

        await Eventually.IsTrueAsync(() => _service.Questions.Count == 2, "the second question");
    }

    public async ValueTask DisposeAsync()
    {
        _world.Dispose();
        await _service.DisposeAsync();
    }

    private Task<AuthenticationResult> LogInAsync(string algorithm, string kid) =>
        _world.LogInAsync(user: null, TokenMaker.Token(algorithm, new JsonObject { ["sub"] = "alice", ["exp"] = _world.Time.GetUtcNow().ToUnixTimeSeconds() + 3_600 }, kid));
}
