using System.Text.Json.Nodes;
using Godwit.Protocol;
using Godwit.Server.Hosting;
using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authentication.Http;
using Godwit.Server.Tests.Auth.Support;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Authorization;

/// <summary>A broker whose rights are at an HTTP service: what its clients see.</summary>
public sealed class AskedOverSocketsTests : IAsyncLifetime
{
    private AnswerService _service = null!;

    public static TheoryData<TransportKind> Transports => TestServer.Transports;

    private IEnumerable<JsonNode> Questions => _service.Questions.Select(question => JsonNode.Parse(question.Body)!);

    public async ValueTask InitializeAsync()
    {
        _service = await AnswerService.StartAsync();
        _service.Answer = body => Task.FromResult((200, body.Contains("open", StringComparison.Ordinal) ? """{"result":"allow"}""" : """{"result":"deny"}"""));
    }

    public async ValueTask DisposeAsync() => await _service.DisposeAsync();

    [Theory, MemberData(nameof(Transports))]
    public async Task Each_topic_is_asked_about_once_with_who_what_and_how(TransportKind transport)
    {
        await using var server = await StartAsync(transport, options => options.Authentication.Sources.Add(new SourceSettings { Kind = SourceKind.Unproved }));
        using var alice = await server.OpenAsync("c1", "alice", "canary-password");
        await alice.ReceiveAsync();

        for (ushort i = 1; i <= 3; i++)
        {
            await alice.SendAsync(Bytes.Publish("open/t", "m"u8, QoS.AtLeastOnce, i));
            Assert.Equal(0x10, (await alice.ReceiveAsync()).Body[2]);       // nobody is subscribed
        }

        await alice.SendAsync(Bytes.Publish("closed/t", "m"u8, QoS.AtLeastOnce, 4));
        Assert.Equal(0x87, (await alice.ReceiveAsync()).Body[2]);
        await alice.SendAsync(Bytes.Subscribe("open/#", QoS.ExactlyOnce));
        Assert.Equal(2, (await alice.ReceiveAsync()).Body[^1]);
        Assert.Collection(
            Questions,
            first => Assert.True(JsonNode.DeepEquals(first, JsonNode.Parse("""{"username":"alice","clientid":"c1","address":"127.0.0.1","listener":"first","action":"publish","topic":"open/t","qos":1,"retain":false}"""))),
            second => Assert.Equal("closed/t", (string?)second["topic"]),
            third => Assert.True(JsonNode.DeepEquals(third, JsonNode.Parse("""{"username":"alice","clientid":"c1","address":"127.0.0.1","listener":"first","action":"subscribe","topic":"open/#","qos":2}"""))));
        await Eventually.IsTrueAsync(() => server.Log.Lines.Any(line => line.Contains("closed/t", StringComparison.Ordinal) && line.Contains("http: denied", StringComparison.Ordinal)), "a line");
    }

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-4.6.0-5")]
    public async Task A_slow_answer_holds_up_one_client_and_keeps_its_order(TransportKind transport)
    {
        var answer = new TaskCompletionSource<(int, string)>();
        _service.Answer = body => body.Contains("slow", StringComparison.Ordinal) ? answer.Task : Task.FromResult((200, ""));
        await using var server = await StartAsync(transport);
        using var reader = await RawClient.ConnectAsync(server.EndPoint, "reader");
        await reader.SubscribeAsync("#");
        using var writer = await RawClient.ConnectAsync(server.EndPoint, "writer");
        using var other = await RawClient.ConnectAsync(server.EndPoint, "other");

        await writer.SendAsync(Bytes.Publish("slow", "1"), Bytes.Publish("quick", "2"), Bytes.Pingreq());
        await Eventually.IsTrueAsync(() => Questions.Any(question => (string?)question["topic"] == "slow"), "the question");
        await writer.SendAsync([.. Enumerable.Range(3, 5_000).Select(i => Bytes.Publish("quick", $"{i}"))]);
        await other.SendAsync(Bytes.Publish("quick", "meanwhile"));
        Assert.Equal("quick meanwhile", (await reader.ReceiveAsync()).Text());
        answer.SetResult((204, ""));

        Assert.Equal("slow 1", (await reader.ReceiveAsync()).Text());
        for (var i = 2; i < 5_003; i++)
        {
            Assert.Equal($"quick {i}", (await reader.ReceiveAsync()).Text());
        }

        Assert.Equal(PacketType.Pingresp, (await writer.ReceiveAsync()).Type);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_client_that_goes_while_it_waits_is_over(TransportKind transport)
    {
        var answer = new TaskCompletionSource<(int, string)>();
        _service.Answer = _ => answer.Task;
        await using var server = await StartAsync(transport);
        using (var writer = await RawClient.ConnectAsync(server.EndPoint, "writer"))
        {
            await writer.SendAsync(Bytes.Publish("slow", "1"));
            await Eventually.IsTrueAsync(() => _service.Questions.Count == 1, "the question");
        }

        using var again = await RawClient.ConnectAsync(server.EndPoint, "writer");      // taken over, or gone
        answer.SetResult((204, ""));

        await again.SendAsync(Bytes.Pingreq());
        Assert.Equal(PacketType.Pingresp, (await again.ReceiveAsync()).Type);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_will_is_asked_about_at_CONNECT(TransportKind transport)
    {
        await using var server = await StartAsync(transport);
        using var reader = await RawClient.ConnectAsync(server.EndPoint, "reader");
        await reader.SubscribeAsync("open/#");

        using var refused = await RawClient.OpenAsync(server.EndPoint);
        await refused.SendAsync(Bytes.Connect("a", willTopic: "closed/will"));
        Assert.Equal(0x87, (await refused.ReceiveAsync()).ConnackCode);
        using (var accepted = await RawClient.ConnectAsync(server.EndPoint, "b", willTopic: "open/will"))
        {
        }

        Assert.Equal("open/will gone", (await reader.ReceiveAsync()).Text());
        Assert.Equal(["open/#", "closed/will", "open/will"], Questions.Select(question => (string?)question["topic"]));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Rules_come_first_and_a_subscription_rests_on_the_answer_about_its_filter(TransportKind transport)
    {
        await using var server = await StartAsync(transport, options =>
        {
            Deny(options, "open/secret", AclActions.Receive);
            Allow(options, "public/#", AclActions.All);
        });
        using var reader = await RawClient.ConnectAsync(server.EndPoint, "reader");
        await reader.SubscribeAsync("open/#");
        await reader.SubscribeAsync("public/x");
        using var writer = await RawClient.ConnectAsync(server.EndPoint, "writer");

        await writer.SendAsync(Bytes.Publish("open/secret", "no"), Bytes.Publish("closed/x", "no"), Bytes.Publish("open/x", "yes"), Bytes.Publish("public/x", "yes"));

        Assert.Equal("open/x yes", (await reader.ReceiveAsync()).Text());
        Assert.Equal("public/x yes", (await reader.ReceiveAsync()).Text());
        Assert.DoesNotContain(Questions, question => ((string?)question["topic"])!.StartsWith("public", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_subscriptions_of_a_session_that_goes_on_are_asked_about_before_it_goes_on(TransportKind transport)
    {
        await using var server = await StartAsync(transport, options =>
        {
            options.Acl.Asking.CacheSeconds = 0;
            options.Settings.SessionExpirySeconds3x = 0;
        });
        using var writer = await RawClient.ConnectAsync(server.EndPoint, "writer");
        using (var before = await OpenPersistentAsync(server))
        {
            await before.SendAsync(Bytes.Subscribe("open/t", QoS.AtLeastOnce, version: ProtocolVersion.Mqtt311));
            await before.ReceiveAsync();
            await before.SendAsync(Bytes.Disconnect());
        }

        await writer.SendAsync(Bytes.Publish("open/t", "kept"u8, QoS.AtLeastOnce, 1));
        await writer.ReceiveAsync();
        var asked = Asked();

        using var after = await OpenPersistentAsync(server);
        Assert.Equal("open/t kept", (await after.ReceiveAsync()).Text(ProtocolVersion.Mqtt311));
        Assert.True(Asked() > asked, "the filter was not asked about again");

        int Asked() => Questions.Count(question => (string?)question["action"] == "subscribe");
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(302, "")]
    [InlineData(200, "yes")]
    [InlineData(200, """{"result":"maybe"}""")]
    [InlineData(200, """{"result":"deny","result":"allow"}""")]
    [InlineData(200, """["allow"]""")]
    public async Task Whatever_is_not_a_clear_yes_is_a_no_that_is_counted_and_said(int status, string body)
    {
        _service.Answers(status, body);
        await using var server = await StartAsync(TransportKind.Default);
        using var client = await RawClient.ConnectAsync(server.EndPoint, "c");

        await client.SendAsync(Bytes.Publish("t", "m"u8, QoS.AtLeastOnce, 1));
        Assert.Equal(0x87, (await client.ReceiveAsync()).Body[2]);
        await client.SendAsync(Bytes.Subscribe("t"));
        Assert.Equal(0x87, (await client.ReceiveAsync()).Body[^1]);

        Assert.Equal(2, _service.Questions.Count);          // a failure is not remembered
        Assert.Equal(1, server.Dropped(Broker.DropReason.NotDecided));
        Assert.Single(server.Log.Lines, line => line.Contains("rights: http has failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_answer_in_time_and_a_service_that_is_not_there_are_a_no()
    {
        _service.Answer = _ => new TaskCompletionSource<(int, string)>().Task;
        await using var slow = await StartAsync(TransportKind.Default, options => options.Limits.AskTimeoutMs = 200);
        await using var gone = await StartAsync(TransportKind.Default, options => options.Acl.Asking.Http.Url = "http://127.0.0.1:1/");

        foreach (var server in (LoginServer[])[slow, gone])
        {
            using var client = await RawClient.ConnectAsync(server.EndPoint, "c");
            await client.SendAsync(Bytes.Publish("t", "m"u8, QoS.AtLeastOnce, 1));
            Assert.Equal(0x87, (await client.ReceiveAsync()).Body[2]);
        }
    }

    [Fact]
    public async Task After_failures_in_a_row_the_service_is_left_alone()
    {
        _service.Answers(500);
        await using var server = await StartAsync(TransportKind.Default, options => options.Acl.Asking.Http.BreakAfter = 3);
        using var client = await RawClient.ConnectAsync(server.EndPoint, "c");

        for (ushort i = 1; i <= 10; i++)
        {
            await client.SendAsync(Bytes.Publish("t", "m"u8, QoS.AtLeastOnce, i));
            Assert.Equal(0x87, (await client.ReceiveAsync()).Body[2]);
        }

        Assert.Equal(3, _service.Questions.Count);
    }

    [Fact]
    public async Task On_trial_nothing_is_denied_but_everything_is_said()
    {
        _service.Answer = body => Task.FromResult((body.Contains("broken", StringComparison.Ordinal) ? 500 : 403, ""));
        await using var server = await StartAsync(TransportKind.Default, options => options.Acl.ReportOnly = true);
        using var client = await RawClient.ConnectAsync(server.EndPoint, "c");
        await client.SubscribeAsync("#");

        await client.SendAsync(Bytes.Publish("closed", "1"), Bytes.Publish("broken", "2"));

        Assert.Equal("closed 1", (await client.ReceiveAsync()).Text());
        Assert.Equal("broken 2", (await client.ReceiveAsync()).Text());
        Assert.Contains(server.Log.Lines, line => line.Contains("would deny subscribe of \"#\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_question_can_be_a_form()
    {
        await using var server = await StartAsync(TransportKind.Default, options => options.Acl.Asking.Http.Form = HttpForm.Form);
        using var client = await RawClient.ConnectAsync(server.EndPoint, "c&1");

        await client.SendAsync(Bytes.Publish("open/ä", "m"u8, QoS.AtLeastOnce, 1));
        await client.ReceiveAsync();

        Assert.Equal("clientid=c%261&address=127.0.0.1&listener=first&action=publish&topic=open%2F%C3%A4&qos=1&retain=false", Assert.Single(_service.Questions).Body);
    }

    private static void Allow(ServerOptions options, string filter, AclActions actions) =>
        options.Acl.Rules.Add(new AclRuleSettings { Allow = new AclVerb(actions, new("test")), Topics = [filter] });

    private static void Deny(ServerOptions options, string filter, AclActions actions) =>
        options.Acl.Rules.Add(new AclRuleSettings { Deny = new AclVerb(actions, new("test")), Topics = [filter] });

    private static async Task<RawClient> OpenPersistentAsync(LoginServer server)
    {
        var client = await RawClient.OpenAsync(server.EndPoint, ProtocolVersion.Mqtt311);
        await client.SendAsync(Bytes.Connect("keeps", ProtocolVersion.Mqtt311, cleanStart: false));
        Assert.Equal(0, (await client.ReceiveAsync()).ConnackCode);
        return client;
    }

    private Task<LoginServer> StartAsync(TransportKind transport, Action<ServerOptions>? configure = null) => LoginServer.StartAsync(transport, (options, _) =>
    {
        options.Acl.Asking.Http.Url = new Uri(_service.Url, "/rights").ToString();
        configure?.Invoke(options);
    });
}
