using System.Text;
using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authorization;
using Godwit.Server.Tests.Acl;
using Godwit.Server.Tests.Auth.Support;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Authorization;

/// <summary>What is asked, what is remembered and for how long, and what counts meanwhile.</summary>
public sealed class AuthorizationServiceTests : IDisposable
{
    private static readonly Subject Alice = AclAsking.Who("alice");

    private readonly ManualTime _time = new();
    private readonly LinesLogger _log = new();
    private readonly AuthorizationSettings _settings = new() { CacheSeconds = 60, CacheDeniedSeconds = 10 };
    private readonly Stub _source = new();
    private readonly Lazy<AuthorizationService> _service;
    private AclSnapshot _rules = AclSnapshot.Open;

    public AuthorizationServiceTests()
    {
        _settings.Own.Add(_source);
        _service = new Lazy<AuthorizationService>(() => new AuthorizationService(_settings, _time, _log));
    }

    private AclPolicy Policy => field ??= new AclPolicy(_rules) { Asked = _service.Value };

    [Fact]
    public async Task A_yes_and_a_no_hold_for_their_times()
    {
        Assert.True(Policy.IsUndecided(Alice, AccessAction.Publish, "a"u8, QoS.AtMostOnce, retain: false));
        await AskAsync(AccessAction.Publish, "a", isAllowed: true);
        await AskAsync(AccessAction.Publish, "b", isAllowed: false);
        Assert.Equal((AccessAnswer.Allowed, AccessAnswer.Denied), (Publish("a"), Publish("b")));

        Pass(10);
        Assert.Equal((AccessAnswer.Allowed, AccessAnswer.Undecided), (Publish("a"), Publish("b")));
        Pass(50);
        Assert.Equal((AccessAnswer.Undecided, AccessAnswer.Undecided), (Publish("a"), Publish("b")));
    }

    [Fact]
    public async Task An_answer_is_for_one_client_user_action_QoS_and_retain_flag()
    {
        await AskAsync(AccessAction.Publish, "a", isAllowed: true, QoS.AtLeastOnce);

        Assert.True(Policy.MayPublish(Alice, "a"u8, QoS.AtLeastOnce, retain: false));
        Assert.True(Policy.IsUndecided(Alice, AccessAction.Publish, "a"u8, QoS.AtMostOnce, retain: false));
        Assert.True(Policy.IsUndecided(Alice, AccessAction.Publish, "a"u8, QoS.AtLeastOnce, retain: true));
        Assert.True(Policy.IsUndecided(Alice, AccessAction.Subscribe, "a"u8, QoS.AtLeastOnce, retain: false));
        Assert.True(Policy.IsUndecided(AclAsking.Who("alice", "other"), AccessAction.Publish, "a"u8, QoS.AtLeastOnce, retain: false));
        Assert.True(Policy.IsUndecided(AclAsking.Who("bob"), AccessAction.Publish, "a"u8, QoS.AtLeastOnce, retain: false));
    }

    [Fact]
    public async Task Sources_are_asked_in_their_order_and_who_ignores_a_question_passes_it_on()
    {
        _settings.Own.Insert(0, new NightWatch(_time));
        var door = AskAsync(AccessAction.Publish, "doors/front", isAllowed: true);
        _time.Advance(TimeSpan.FromSeconds(1));
        await door;                                             // it is midnight
        await AskAsync(AccessAction.Publish, "windows", isAllowed: true);
        _source.Answer = _ => AuthorizationVerdict.Ignore("not mine");
        await AskAsync(AccessAction.Publish, "roof");

        Assert.Equal((AccessAnswer.Denied, AccessAnswer.Allowed, AccessAnswer.Denied), (Publish("doors/front"), Publish("windows"), Publish("roof")));
        Assert.Equal("night watch: it is night", Policy.Decide(Alice, AclActions.Publish, "doors/front"u8, QoS.AtMostOnce, retain: false).Reason);
        Assert.Equal(["windows", "roof"], _source.Asked.Select(request => request.Topic));
    }

    [Fact]
    public void The_sample_of_the_page_is_the_one_that_is_tried_here()
    {
        var root = AppContext.BaseDirectory[..AppContext.BaseDirectory.IndexOf("/tests/", StringComparison.Ordinal)];
        var sample = File.ReadAllText(Path.Combine(root, "tests/Godwit.Server.Tests/Authorization/NightWatch.cs"));

        Assert.Contains(sample[sample.IndexOf("internal sealed class", StringComparison.Ordinal)..].Trim(), File.ReadAllText(Path.Combine(root, "docs/permissions.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_is_a_no_that_is_not_remembered_and_its_message_is_not_logged()
    {
        _source.Answer = _ => throw new InvalidOperationException("canary of a driver");

        var verdict = await AskAsync(AccessAction.Publish, "a");

        Assert.True(verdict.IsFailure);
        Assert.Equal((AccessAnswer.Undecided, 1L), (Publish("a"), _service.Value.Failures));
        Assert.Contains(_log.Lines, line => line.Contains("rights: stub has failed: InvalidOperationException", StringComparison.Ordinal));
        Assert.All(_log.Lines, line => Assert.DoesNotContain("canary", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_source_that_does_not_heed_the_time_limit_is_not_waited_for()
    {
        _source.Wait = new TaskCompletionSource();
        var asking = AskAsync(AccessAction.Publish, "a");

        _time.Advance(TimeSpan.FromMilliseconds(_service.Value.TimeLimitMs - 1));
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True((await asking.WaitAsync(RawClient.Patience, TestContext.Current.CancellationToken)).IsFailure);
    }

    [Fact]
    public async Task A_message_is_delivered_by_the_answer_about_a_filter_that_has_its_topic()
    {
        await AskAsync(AccessAction.Subscribe, "a/+", isAllowed: true);
        await AskAsync(AccessAction.Subscribe, "x", isAllowed: true);
        await AskAsync(AccessAction.Subscribe, "#", isAllowed: false);

        Assert.Equal((AccessAnswer.Allowed, AccessAnswer.Allowed), (Receive("a/1"), Receive("x")));
        Assert.Equal((AccessAnswer.Undecided, AccessAnswer.Undecided, AccessAnswer.Undecided), (Receive("a/1/2"), Receive("y"), Receive("$SYS/x")));
        Assert.Equal(3, _source.Asked.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_too_old_is_asked_anew_with_the_next_message_and_holds_until_the_answer_is_there(bool isStillAllowed)
    {
        await AskAsync(AccessAction.Subscribe, "a/#", isAllowed: true);
        Pass(3_600);
        var wait = _source.Wait = new TaskCompletionSource();
        _source.Answer = _ => isStillAllowed ? AuthorizationVerdict.Allow("yes") : AuthorizationVerdict.Deny("no");

        Assert.Equal((AccessAnswer.Allowed, AccessAnswer.Allowed), (Receive("a/1"), Receive("a/2")));
        await Eventually.IsTrueAsync(() => _source.Asked.Count == 2, "one question");
        wait.SetResult();

        await Eventually.IsTrueAsync(() => Receive("a/1") == (isStillAllowed ? AccessAnswer.Allowed : AccessAnswer.Denied), "the answer counts");
        Assert.Equal(2, _source.Asked.Count);
    }

    [Fact]
    public async Task Without_an_answer_in_time_what_is_too_old_is_a_no_until_there_is_a_yes_again()
    {
        await AskAsync(AccessAction.Subscribe, "a/#", isAllowed: true);
        Pass(60);
        _source.Wait = new TaskCompletionSource();
        Assert.Equal(AccessAnswer.Allowed, Receive("a/1"));
        await Eventually.IsTrueAsync(() => _source.Asked.Count == 2 && _time.Waiting > 0, "the question");
        var again = new TaskCompletionSource();
        (_source.Wait, _source.Answer) = (again, _ => AuthorizationVerdict.Allow("yes"));       // of the next question, whenever it comes

        _time.Advance(TimeSpan.FromMilliseconds(_service.Value.TimeLimitMs));
        Assert.Equal(AccessAnswer.Undecided, Receive("a/1"));
        await Eventually.IsTrueAsync(() => _service.Value.Failures == 1, "the failure");
        again.SetResult();

        await Eventually.IsTrueAsync(() => Receive("a/1") == AccessAnswer.Allowed, "a yes");
    }

    [Fact]
    public async Task A_subscription_that_was_taken_back_is_no_ground_any_more()
    {
        await AskAsync(AccessAction.Subscribe, "a/#", isAllowed: true);
        await AskAsync(AccessAction.Subscribe, "b", isAllowed: true);
        var answers = _service.Value.AnswersOf("alice", "client");

        answers.Forget("a/#"u8.ToArray());
        Assert.Equal((AccessAnswer.Undecided, AccessAnswer.Allowed), (Receive("a/1"), Receive("b")));
        answers.ForgetFilters();
        Assert.Equal(AccessAnswer.Undecided, Receive("b"));
    }

    [Fact]
    public async Task About_more_topics_than_are_remembered_it_is_asked_again_and_more_filters_are_refused()
    {
        _settings.CacheEntriesMax = 3;
        for (var i = 0; i < 4; i++)
        {
            await AskAsync(AccessAction.Publish, $"t{i}", isAllowed: true);
        }

        await AskAsync(AccessAction.Subscribe, "no", isAllowed: false);
        for (var i = 0; i < 3; i++)
        {
            Assert.True((await AskAsync(AccessAction.Subscribe, $"f{i}/+", isAllowed: true)).IsAllowed);
        }

        Assert.True((await AskAsync(AccessAction.Subscribe, "f3/+", isAllowed: true)).IsFailure);
        Assert.Equal((AccessAnswer.Undecided, AccessAnswer.Allowed), (Publish("t0"), Publish("t3")));
        Assert.Equal((AccessAnswer.Allowed, AccessAnswer.Undecided), (Receive("f0/x"), Receive("f3/x")));
    }

    [Fact]
    public async Task Where_a_rule_decides_nobody_is_asked_and_parts_of_a_filter_stay_readable()
    {
        _rules = AclAsking.Snapshot("""
            "Rules": [
              { "Deny": "all", "Topics": ["secret/#"] },
              { "Allow": "all", "Topics": ["public/#"] }
            ]
            """);
        Assert.Equal((AccessAnswer.Denied, AccessAnswer.Allowed, AccessAnswer.Undecided), (Publish("secret/x"), Publish("public/x"), Publish("other")));
        Assert.Equal((AccessAnswer.Denied, AccessAnswer.Allowed, AccessAnswer.Undecided), (Subscribe("secret/#"), Subscribe("public/+"), Subscribe("#")));

        await AskAsync(AccessAction.Subscribe, "#", isAllowed: false);
        await AskAsync(AccessAction.Subscribe, "other/#", isAllowed: false);
        Assert.Equal((AccessAnswer.Allowed, AccessAnswer.Denied), (Subscribe("#"), Subscribe("other/#")));     // public/... can be read
        Assert.Equal((AccessAnswer.Allowed, AccessAnswer.Undecided), (Receive("public/x"), Receive("other/x")));

        await AskAsync(AccessAction.Subscribe, "+/x", isAllowed: true);
        Assert.Equal((AccessAnswer.Allowed, AccessAnswer.Denied), (Receive("other/x"), Receive("secret/x")));
        await AskAsync(AccessAction.Publish, "$SYS/x", isAllowed: true);
        Assert.Equal(AccessAnswer.Denied, Publish("$SYS/x"));
    }

    [Fact]
    public void Topics_of_a_login_are_all_it_has()
    {
        Assert.True(TopicRights.TryCreate(["mine"], ["mine"], out var rights, out _));
        var who = AclAsking.Who("alice", rights: rights);

        Assert.True(Policy.MayPublish(who, "mine"u8, QoS.AtMostOnce, retain: false));
        Assert.False(Policy.IsUndecided(who, AccessAction.Publish, "other"u8, QoS.AtMostOnce, retain: false));
        Assert.False(Policy.IsUndecided(who, AccessAction.Subscribe, "other"u8, QoS.AtMostOnce, retain: false));
    }

    [Fact]
    public async Task A_retained_message_stays_until_its_publisher_is_known_to_have_lost_the_right()
    {
        Assert.True(Policy.MayStillPublish(Alice, "a"u8));

        await AskAsync(AccessAction.Publish, "a", isAllowed: false, QoS.AtMostOnce, retain: true);

        Assert.False(Policy.MayStillPublish(Alice, "a"u8));
        Assert.True(Policy.MayStillPublish(AclAsking.Who("bob"), "a"u8));
    }

    [Fact]
    public async Task Other_sources_take_over_and_what_was_answered_holds()
    {
        await AskAsync(AccessAction.Publish, "a", isAllowed: true);
        var who = new Subject("client", new Identity { UserName = "alice", Answers = _service.Value.AnswersOf("alice", "client") });

        _service.Value.Reload(new AuthorizationSettings());

        Assert.False(_service.Value.HasSources);
        Assert.True(Policy.MayPublish(who, "anything"u8, QoS.AtMostOnce, retain: false));       // no rules, nobody to ask
        var next = new AuthorizationSettings();
        next.Own.Add(_source);
        _service.Value.Reload(next);
        Assert.True(Policy.MayPublish(who, "a"u8, QoS.AtMostOnce, retain: false));
        Assert.True(Policy.IsUndecided(who, AccessAction.Publish, "b"u8, QoS.AtMostOnce, retain: false));
    }

    public void Dispose()
    {
        if (_service.IsValueCreated)
        {
            _service.Value.Dispose();
        }
    }

    private Task<AuthorizationVerdict> AskAsync(AccessAction action, string topic, bool? isAllowed = null, QoS qos = QoS.AtMostOnce, bool retain = false)
    {
        if (isAllowed is { } answer)
        {
            _source.Answer = _ => answer ? AuthorizationVerdict.Allow("yes") : AuthorizationVerdict.Deny("no");
        }

        return _service.Value.AskAsync("client", Alice.Identity, new AccessQuestion(action, Encoding.UTF8.GetBytes(topic), qos, retain), CancellationToken.None);
    }

    private void Pass(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private AccessAnswer Publish(string topic) => Answer(AccessAction.Publish, topic, Policy.MayPublish(Alice, Encoding.UTF8.GetBytes(topic), QoS.AtMostOnce, retain: false));

    private AccessAnswer Subscribe(string filter) => Answer(AccessAction.Subscribe, filter, Policy.MaySubscribe(Alice, Encoding.UTF8.GetBytes(filter), QoS.AtMostOnce));

    private AccessAnswer Receive(string topic) => Answer(AccessAction.Receive, topic, Policy.MayReceive(Alice, Encoding.UTF8.GetBytes(topic), QoS.AtMostOnce, retain: false));

    private AccessAnswer Answer(AccessAction action, string topic, bool isAllowed)
    {
        if (isAllowed)
        {
            return AccessAnswer.Allowed;
        }

        return Policy.IsUndecided(Alice, action, Encoding.UTF8.GetBytes(topic), QoS.AtMostOnce, retain: false) ? AccessAnswer.Undecided : AccessAnswer.Denied;
    }

    /// <summary>Answers as the test says, when the test says.</summary>
    private sealed class Stub : IAuthorizer
    {
        private readonly List<AuthorizationRequest> _asked = [];

        public string Name => "stub";

        public Func<AuthorizationRequest, AuthorizationVerdict> Answer { get; set; } = _ => AuthorizationVerdict.Allow("yes");

        public TaskCompletionSource? Wait { get; set; }

        public IReadOnlyList<AuthorizationRequest> Asked
        {
            get
            {
                lock (_asked)
                {
                    return [.. _asked];
                }
            }
        }

        public async ValueTask<AuthorizationVerdict> AuthorizeAsync(AuthorizationRequest request, CancellationToken cancellation)
        {
            var wait = Wait;
            lock (_asked)
            {
                _asked.Add(request);
            }

            if (wait is not null)
            {
                await wait.Task;
            }

            return Answer(request);
        }
    }
}
