using System.Net;
using Godwit.Broker.Security;
using Godwit.Postgres.Tests.Support;
using Godwit.Protocol;
using Godwit.Server.Security.Authorization;
using Godwit.Server.Tests.Auth.Support;

namespace Godwit.Postgres.Tests;

/// <summary>Rights of topics at a real PostgreSQL.</summary>
public sealed class PostgresRightsTests : IClassFixture<PostgresServer>, IDisposable
{
    private readonly PostgresServer _server;
    private readonly TopicDatabaseSettings _settings = new();
    private readonly LinesLogger _log = new();
    private readonly Lazy<PostgresAuthorizer> _rights;
    private readonly string _user = $"user-{Guid.NewGuid():N}";

    public PostgresRightsTests(PostgresServer server)
    {
        PostgresServer.SkipWithout();
        _server = server;
        _settings.Connection = server.Connection;
        _rights = new Lazy<PostgresAuthorizer>(() => PostgresAuthorizer.Create("postgres", _settings, PostgresServer.Password, _log));
    }

    [Fact]
    public async Task Rows_with_a_filter_and_an_action_are_asked()
    {
        await _server.ExecuteAsync(
            "INSERT INTO mqtt_rights VALUES (@u, 'home/%u/#', 'all'), (@u, 'commands', 'subscribe'), (@u, 'dev/%c', 'publish')", ("u", _user));

        Assert.True(await MayAsync(AccessAction.Publish, $"home/{_user}/lamp"));
        Assert.True(await MayAsync(AccessAction.Subscribe, $"home/{_user}/#"));
        Assert.True(await MayAsync(AccessAction.Publish, "dev/c1"));
        Assert.Null(await MayAsync(AccessAction.Publish, "commands"));
        Assert.True(await MayAsync(AccessAction.Subscribe, "commands"));
        Assert.Null(await MayAsync(AccessAction.Subscribe, "#"));
        Assert.Null(await MayAsync(AccessAction.Publish, $"home/{_user}/lamp", user: null));
    }

    [Fact]
    public async Task Rows_that_deny_stand_where_their_place_is()
    {
        _settings.Query = "SELECT filter, action, permission FROM mqtt_acl WHERE username = @username ORDER BY position";
        await _server.ExecuteAsync(
            "INSERT INTO mqtt_acl VALUES (@u, 2, 'a/#', 'all', 'allow'), (@u, 1, 'a/secret', 'all', 'deny')", ("u", _user));

        Assert.True(await MayAsync(AccessAction.Publish, "a/x"));
        Assert.False(await MayAsync(AccessAction.Publish, "a/secret"));
        Assert.False(await MayAsync(AccessAction.Subscribe, "a/+"));
    }

    [Fact]
    public async Task A_boolean_is_the_answer_and_every_word_of_the_question_is_a_parameter()
    {
        _settings.Query = "SELECT @username = 'alice' AND @clientid = 'c1' AND @topic = 'a''b' AND @action = 'publish' AND @address = '192.0.2.7'";

        Assert.True(await MayAsync(AccessAction.Publish, "a'b", "alice"));
        Assert.False(await MayAsync(AccessAction.Subscribe, "a'b", "alice"));
        Assert.False(await MayAsync(AccessAction.Publish, "a'b", "' OR TRUE --"));
        Assert.False(await MayAsync(AccessAction.Publish, "a'b", user: null));         // NULL is no yes
        Assert.False(await MayAsync(AccessAction.Publish, "a\0b", "alice"));
    }

    [Fact]
    public async Task A_query_that_fails_or_a_row_that_cannot_be_understood_is_no_answer()
    {
        await _server.ExecuteAsync("INSERT INTO mqtt_rights VALUES (@u, 'a', 'write')", ("u", _user));
        Assert.True((await AskAsync(AccessAction.Publish, "a", _user)).IsFailure);

        using var broken = PostgresAuthorizer.Create("postgres", new TopicDatabaseSettings { Connection = _server.Connection, Query = "SELECT nonsense" }, PostgresServer.Password, _log);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(async () => await broken.AuthorizeAsync(Request(AccessAction.Publish, "a", _user), CancellationToken.None));
        using var stranger = PostgresAuthorizer.Create("postgres", _settings, "wrong", _log);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(async () => await stranger.AuthorizeAsync(Request(AccessAction.Publish, "a", _user), CancellationToken.None));

        Assert.Contains(_log.Lines, line => line.Contains("postgres: PostgreSQL refuses the query with SQLSTATE 42703", StringComparison.Ordinal));
        Assert.All(_log.Lines, line => Assert.DoesNotContain(PostgresServer.Password, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_query_that_takes_too_long_is_given_up()
    {
        _settings.TimeLimitMs = 200;
        _settings.Query = "SELECT pg_sleep(60)::text";

        await Assert.ThrowsAsync<TimeoutException>(async () => await AskAsync(AccessAction.Publish, "a", _user));
    }

    [Fact]
    public async Task Over_TLS_the_certificate_of_the_database_is_verified()
    {
        _settings.Query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        Assert.False(await MayAsync(AccessAction.Publish, "t"));                       // by the Unix socket

        Assert.True((await OverTlsAsync(_server.TlsConnection())).IsAllowed);
        await Assert.ThrowsAsync<Npgsql.NpgsqlException>(() => OverTlsAsync(_server.TlsConnection(ca: _server.OtherCaFile)));
        await Assert.ThrowsAsync<Npgsql.NpgsqlException>(() => OverTlsAsync(_server.TlsConnection("127.0.0.1")));     // the certificate names localhost
    }

    public void Dispose()
    {
        if (_rights.IsValueCreated)
        {
            _rights.Value.Dispose();
        }
    }

    private async Task<AuthorizationVerdict> OverTlsAsync(string connection)
    {
        using var rights = PostgresAuthorizer.Create("postgres", new TopicDatabaseSettings { Connection = connection, Query = _settings.Query }, PostgresServer.Password, _log);
        return await rights.AuthorizeAsync(Request(AccessAction.Publish, "t", _user), CancellationToken.None);
    }

    private Task<bool?> MayAsync(AccessAction action, string topic) => MayAsync(action, topic, _user);

    private async Task<bool?> MayAsync(AccessAction action, string topic, string? user) => (await AskAsync(action, topic, user)).IsAllowed;

    private async Task<AuthorizationVerdict> AskAsync(AccessAction action, string topic, string? user) =>
        await _rights.Value.AuthorizeAsync(Request(action, topic, user), CancellationToken.None);

    private static AuthorizationRequest Request(AccessAction action, string topic, string? user) =>
        new("c1", user, [], IPAddress.Parse("192.0.2.7"), Listener: null, action, topic, QoS.AtMostOnce, Retain: false);
}
