using System.Text.Json.Nodes;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authentication.Http;
using Godwit.Server.Tests.Auth.Support;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Auth;

public sealed class HttpTests : IAsyncLifetime
{
    private readonly AuthWorld _world = new();
    private AnswerService _service = null!;
    private HttpSettings _settings = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await AnswerService.StartAsync();
        var source = new SourceSettings { Kind = SourceKind.Http };
        _settings = source.Http;
        _settings.Url = new Uri(_service.Url, "/login").ToString();
        _world.Settings.Sources.Add(source);
    }

    [Fact]
    public async Task The_question_is_JSON_with_all_that_is_known()
    {
        _settings.TokenFile = _world.Write("token", "canary-token\n");

        await _world.LogInAsync(_world.Request("alice", "pass \"wörd\"", clientId: "c1", version: ProtocolVersion.Mqtt311));

        var question = Assert.Single(_service.Questions);
        Assert.Equal(("/login", "application/json", "Bearer canary-token"), (question.Path, question.ContentType, question.Authorization));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"username":"alice","clientid":"c1","protocol":"3.1.1","address":"10.0.0.1","listener":"first","password":"pass \"wörd\""}"""),
            JsonNode.Parse(question.Body)));
    }

    [Fact, Spec("Row-57")]
    public async Task A_password_that_is_no_text_comes_whole()
    {
        await _world.LogInAsync(_world.Request("alice", "x") with { Password = new byte[] { 0xFF, 0, 1 } });
        await _world.LogInAsync(_world.Request("alice", "x") with { Password = "a\0b"u8.ToArray() });

        Assert.Equal("/wAB", (string?)JsonNode.Parse(_service.Questions[0].Body)!["password_base64"]);
        Assert.Equal("a\0b", (string?)JsonNode.Parse(_service.Questions[1].Body)!["password"]);
    }

    [Fact]
    public async Task The_question_can_be_a_form()
    {
        _settings.Form = HttpForm.Form;

        await _world.LogInAsync(_world.Request("a&b=c", "p%ß") with { Password = new byte[] { (byte)'p', 0xFF, (byte)'&' } });

        var question = Assert.Single(_service.Questions);
        Assert.Equal("application/x-www-form-urlencoded", question.ContentType);
        Assert.Equal("username=a%26b%3Dc&clientid=client&protocol=5.0&address=10.0.0.1&listener=first&password=p%FF%26", question.Body);
    }

    [Theory]
    [InlineData(200, "", ConnackReasonCode.Success)]
    [InlineData(204, "", ConnackReasonCode.Success)]
    [InlineData(200, """{"result":"allow"}""", ConnackReasonCode.Success)]
    [InlineData(200, """{"result":"deny"}""", ConnackReasonCode.BadUserNameOrPassword)]
    [InlineData(200, """{"result":"ignore"}""", ConnackReasonCode.BadUserNameOrPassword)]
    [InlineData(401, "", ConnackReasonCode.BadUserNameOrPassword)]
    [InlineData(403, "", ConnackReasonCode.BadUserNameOrPassword)]
    [InlineData(404, "", ConnackReasonCode.BadUserNameOrPassword)]
    [InlineData(500, "", ConnackReasonCode.ServerUnavailable)]
    [InlineData(302, "", ConnackReasonCode.ServerUnavailable)]
    [InlineData(200, "OK", ConnackReasonCode.ServerUnavailable)]
    [InlineData(200, """{"result":"maybe"}""", ConnackReasonCode.ServerUnavailable)]
    [InlineData(200, """{"result":"deny","result":"allow"}""", ConnackReasonCode.ServerUnavailable)]
    [InlineData(200, """["allow"]""", ConnackReasonCode.ServerUnavailable)]
    [InlineData(200, """{"groups":"staff"}""", ConnackReasonCode.ServerUnavailable)]
    [InlineData(200, """{"publish":["a/#/b"]}""", ConnackReasonCode.ServerUnavailable)]
    [InlineData(200, """{"expires_in":0}""", ConnackReasonCode.ServerUnavailable)]
    public async Task Only_a_clear_yes_is_a_yes(int status, string body, ConnackReasonCode code)
    {
        _service.Answers(status, body);

        Assert.Equal(code, (await _world.LogInAsync("alice", "secret")).Code);
        Assert.Single(_service.Questions);
    }

    [Fact]
    public async Task An_answer_names_groups_topics_and_an_end()
    {
        _service.Answers(200, """{"groups":["staff"],"publish":["up/%c"],"subscribe":["down/#"],"expires_in":120}""");

        var result = await _world.LogInAsync("alice", "secret");

        Assert.Equal(["staff"], result.Identity!.Groups);
        var rights = Assert.IsType<TopicRights>(result.Identity.Rights);
        Assert.Equal(["up/%c", "down/#"], rights.Publish.Concat(rights.Read));
        Assert.Equal(_world.Time.GetUtcNow().AddSeconds(120), result.ExpiresAt);
    }

    [Fact]
    public async Task A_yes_is_remembered_for_its_time_and_a_no_never()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.True((await _world.LogInAsync("alice", "secret")).IsAccepted);
        }

        Assert.Single(_service.Questions);
        await _world.LogInAsync("alice", "secret", clientId: "another");
        Assert.Equal(2, _service.Questions.Count);

        _world.Time.Advance(TimeSpan.FromSeconds(61));
        _service.Answers(401);
        Assert.False((await _world.LogInAsync("alice", "secret")).IsAccepted);
        _service.Answers(200);
        Assert.True((await _world.LogInAsync("alice", "secret")).IsAccepted);
        Assert.Equal(4, _service.Questions.Count);
    }

    [Fact]
    public async Task A_yes_is_not_remembered_beyond_its_end()
    {
        _service.Answers(200, """{"expires_in":10}""");
        Assert.True((await _world.LogInAsync("alice", "secret")).IsAccepted);

        _world.Time.Advance(TimeSpan.FromSeconds(11));
        await _world.LogInAsync("alice", "secret");

        Assert.Equal(2, _service.Questions.Count);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_in_time_lets_nobody_in()
    {
        var never = new TaskCompletionSource<(int, string)>();
        _service.Answer = _ => never.Task;
        var login = _world.LogInAsync("alice", "secret");
        await Eventually.IsTrueAsync(() => _service.Questions.Count == 1, "the question");

        _world.Time.Advance(TimeSpan.FromMilliseconds(_settings.TimeLimitMs));

        Assert.Equal((ConnackReasonCode.ServerUnavailable, "http: no answer in time"), ((await login).Code, (await login).Reason));
    }

    [Fact]
    public async Task After_failures_in_a_row_the_service_is_left_alone_and_then_tried_once()
    {
        _settings.BreakAfter = 3;
        _service.Answers(500);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(ConnackReasonCode.ServerUnavailable, (await _world.LogInAsync("alice", "secret")).Code);
        }

        Assert.Equal(3, _service.Questions.Count);
        Assert.Contains(_world.Log.Lines, line => line.StartsWith("Error 211", StringComparison.Ordinal));

        _service.Answers(200);
        _world.Time.Advance(TimeSpan.FromMilliseconds(_settings.BreakMs));
        Assert.True((await _world.LogInAsync("alice", "secret")).IsAccepted);
        Assert.True((await _world.LogInAsync("bob", "secret")).IsAccepted);
    }

    [Fact]
    public async Task A_service_that_is_not_there_lets_nobody_in()
    {
        await _service.DisposeAsync();

        Assert.Equal(ConnackReasonCode.ServerUnavailable, (await _world.LogInAsync("alice", "secret")).Code);
    }

    [Fact]
    public async Task Not_more_questions_than_allowed_are_asked_at_once()
    {
        _settings.ConcurrentMax = 2;
        var gate = new TaskCompletionSource<(int, string)>();
        _service.Answer = _ => gate.Task;
        var logins = Enumerable.Range(0, 40).Select(i => _world.LogInAsync($"user{i}", "secret", address: $"10.0.1.{i}")).ToList();
        await Eventually.IsTrueAsync(() => _service.Questions.Count == 2, "two questions");

        Assert.Equal(40 - (2 * 17), logins.Count(login => login.IsCompleted));
        gate.SetResult((200, ""));
        var results = await Task.WhenAll(logins);

        Assert.Equal(2, _service.MostAtOnce);
        Assert.Equal(6, results.Count(result => result.Code == ConnackReasonCode.ServerBusy));
    }

    [Fact, Spec("Row-45")]
    public async Task A_client_without_user_name_is_asked_about_when_it_sends_a_password()
    {
        Assert.True((await _world.LogInAsync(user: null, "token")).IsAccepted);

        Assert.False(JsonNode.Parse(Assert.Single(_service.Questions).Body)!.AsObject().ContainsKey("username"));
    }

    public async ValueTask DisposeAsync()
    {
        _world.Dispose();
        await _service.DisposeAsync();
    }
}
