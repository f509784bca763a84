using System.Net;
using System.Text;
using Godwit.Postgres.Tests.Support;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Listeners;
using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authentication.Passwords;
using Godwit.Server.Tests.Auth.Support;

namespace Godwit.Postgres.Tests;

/// <summary>Logins against a real PostgreSQL.</summary>
public sealed class PostgresUsersTests : IClassFixture<PostgresServer>, IDisposable
{
    private readonly PostgresServer _server;
    private readonly SourceSettings _source = new() { Kind = SourceKind.Postgres };
    private readonly AuthenticationSettings _settings = new() { Database = PostgresUsers.Create };
    private readonly ListenerOptions _listener = new();
    private readonly LinesLogger _log = new();
    private readonly string _secret = Path.GetTempFileName();
    private readonly Lazy<AuthenticationService> _service;
    private readonly string _user = $"user-{Guid.NewGuid():N}";

    public PostgresUsersTests(PostgresServer server)
    {
        PostgresServer.SkipWithout();
        _server = server;
        File.WriteAllText(_secret, PostgresServer.Password + "\n");
        _source.Postgres.Connection = server.Connection;
        _source.Postgres.PasswordFile = _secret;
        _settings.Sources.Add(_source);
        _settings.FailuresMax = 0;
        _service = new Lazy<AuthenticationService>(() => new AuthenticationService(_settings, [_listener], TimeProvider.System, _log));
    }

    [Fact]
    public async Task Users_with_hashes_of_every_kind_log_in()
    {
        await AddAsync(_user, Pbkdf2Hash.Create("secret"u8, 10).Encode());
        await AddAsync("six-" + _user, Sha512Hash.Create("secret"u8).Encode());

        Assert.Equal((ConnackReasonCode.Success, "postgres: right password"), await LogInAsync(_user, "secret"));
        Assert.Equal((ConnackReasonCode.Success, "postgres: known login"), await LogInAsync(_user, "secret"));
        Assert.Equal((ConnackReasonCode.Success, "postgres: right password"), await LogInAsync("six-" + _user, "secret"));
        Assert.Equal((ConnackReasonCode.BadUserNameOrPassword, "postgres: wrong password"), await LogInAsync(_user, "Secret"));
        Assert.Equal((ConnackReasonCode.BadUserNameOrPassword, "no source knows this user"), await LogInAsync("nobody", "secret"));
    }

    [Fact]
    public async Task A_password_that_was_changed_counts_at_once()
    {
        await AddAsync(_user, Pbkdf2Hash.Create("old"u8, 10).Encode());
        Assert.Equal(ConnackReasonCode.Success, (await LogInAsync(_user, "old")).Code);

        await AddAsync(_user, Pbkdf2Hash.Create("new"u8, 10).Encode());

        Assert.Equal(ConnackReasonCode.BadUserNameOrPassword, (await LogInAsync(_user, "old")).Code);
        Assert.Equal(ConnackReasonCode.Success, (await LogInAsync(_user, "new")).Code);
    }

    [Fact]
    public async Task A_user_name_is_data_and_never_part_of_the_query()
    {
        await AddAsync(_user, Pbkdf2Hash.Create("secret"u8, 10).Encode());

        foreach (var name in (string[])["' OR '1'='1", $"{_user}' --", "'; DROP TABLE mqtt_users; --", "@username", "\\", "a\0b", "%", "ZOË"])
        {
            Assert.Equal(ConnackReasonCode.BadUserNameOrPassword, (await LogInAsync(name, "secret")).Code);
        }

        Assert.Equal(ConnackReasonCode.Success, (await LogInAsync(_user, "secret")).Code);
    }

    [Fact, Spec("Hostile-45")]
    public async Task Without_a_user_name_nobody_comes_in()
    {
        Assert.Equal(ConnackReasonCode.BadUserNameOrPassword, (await LogInAsync(user: null, "secret")).Code);
        Assert.Equal(ConnackReasonCode.BadUserNameOrPassword, (await LogInAsync("", "secret")).Code);
        Assert.Equal(ConnackReasonCode.NotAuthorized, (await LogInAsync(user: null, password: null)).Code);
    }

    [Fact]
    public async Task Groups_and_rights_come_from_the_database()
    {
        _source.Postgres.UserQuery = "SELECT password_hash, groups FROM mqtt_users WHERE username = @username";
        _source.Postgres.RightsQuery = "SELECT filter, action FROM mqtt_rights WHERE username = @username ORDER BY filter";
        await AddAsync(_user, Pbkdf2Hash.Create("secret"u8, 10).Encode(), "staff", "night");
        await _server.ExecuteAsync(
            "INSERT INTO mqtt_rights VALUES (@u, 'both/#', 'all'), (@u, 'down/%c', 'subscribe'), (@u, 'up/%u', 'publish')", ("u", _user));

        var result = await AuthenticateAsync(_user, "secret");

        Assert.Equal(["staff", "night"], result.Identity!.Groups);
        var rights = Assert.IsType<TopicRights>(result.Identity.Rights);
        Assert.Equal(["both/#", "up/%u"], rights.Publish);
        Assert.Equal(["both/#", "down/%c"], rights.Read);
    }

    [Theory]
    [InlineData("a/#/b", "publish")]
    [InlineData("a", "write")]
    public async Task Rights_that_cannot_be_read_let_nobody_in(string filter, string action)
    {
        _source.Postgres.RightsQuery = "SELECT filter, action FROM mqtt_rights WHERE username = @username";
        await AddAsync(_user, Pbkdf2Hash.Create("secret"u8, 10).Encode());
        await _server.ExecuteAsync("INSERT INTO mqtt_rights VALUES (@u, @f, @a)", ("u", _user), ("f", filter), ("a", action));

        Assert.Equal((ConnackReasonCode.ServerUnavailable, "postgres: cannot be asked"), await LogInAsync(_user, "secret"));
        Assert.Contains(_log.Lines, line => line.StartsWith("Warning 231", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("SELECT password_hash FROM no_such_table WHERE username = @username")]
    [InlineData("SELECT 'plain'::text FROM mqtt_users WHERE @username <> ''")]
    [InlineData("SELECT pg_sleep(30)::text WHERE @username <> ''")]
    public async Task A_query_that_fails_lets_nobody_in(string query)
    {
        _source.Postgres.UserQuery = query;
        _source.Postgres.TimeLimitMs = 500;
        await AddAsync(_user, Pbkdf2Hash.Create("secret"u8, 10).Encode());

        Assert.Equal((ConnackReasonCode.ServerUnavailable, "postgres: cannot be asked"), await LogInAsync(_user, "secret"));
    }

    [Fact]
    public async Task While_the_database_is_away_nobody_comes_in_and_afterwards_all_do()
    {
        await AddAsync(_user, Pbkdf2Hash.Create("secret"u8, 10).Encode());
        Assert.Equal(ConnackReasonCode.Success, (await LogInAsync(_user, "secret")).Code);

        await _server.StopAsync();
        Assert.Equal(ConnackReasonCode.ServerUnavailable, (await LogInAsync(_user, "secret")).Code);
        await _server.StartAsync();

        Assert.Equal(ConnackReasonCode.Success, (await LogInAsync(_user, "secret")).Code);
        Assert.All(_log.Lines, line => Assert.DoesNotContain("canary", line));
    }

    [Fact]
    public async Task Over_TLS_users_and_their_rights_come_from_a_database_whose_certificate_is_verified()
    {
        _source.Postgres.Connection = _server.TlsConnection();
        _source.Postgres.UserQuery = "SELECT password_hash FROM mqtt_users WHERE username = @username AND (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid())";
        _source.Postgres.RightsQuery = "SELECT filter, action FROM mqtt_rights WHERE username = @username";
        await AddAsync(_user, Pbkdf2Hash.Create("secret"u8, 10).Encode());
        await _server.ExecuteAsync("INSERT INTO mqtt_rights VALUES (@u, 'up/%u', 'publish')", ("u", _user));

        var result = await AuthenticateAsync(_user, "secret");

        Assert.Equal(ConnackReasonCode.Success, result.Code);
        Assert.Equal(["up/%u"], Assert.IsType<TopicRights>(result.Identity!.Rights).Publish);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", false)]
    public async Task Over_TLS_a_database_that_is_not_the_one_that_is_meant_lets_nobody_in(string host, bool isOtherCa)
    {
        _source.Postgres.Connection = _server.TlsConnection(host, isOtherCa ? _server.OtherCaFile : null);
        await AddAsync(_user, Pbkdf2Hash.Create("secret"u8, 10).Encode());

        Assert.Equal((ConnackReasonCode.ServerUnavailable, "postgres: cannot be asked"), await LogInAsync(_user, "secret"));
    }

    [Fact]
    public async Task A_wrong_password_of_the_database_lets_nobody_in_and_is_not_logged()
    {
        await File.WriteAllTextAsync(_secret, "canary-wrong\n", TestContext.Current.CancellationToken);

        Assert.Equal(ConnackReasonCode.ServerUnavailable, (await LogInAsync(_user, "secret")).Code);
        Assert.NotEmpty(_log.Lines);
        Assert.All(_log.Lines, line => Assert.DoesNotContain("canary", line));
    }

    [Fact]
    public void Words_that_are_not_understood_stop_the_start_and_are_not_repeated()
    {
        _source.Postgres.Connection = "Host=x;Canary=canary";

        var exception = Assert.Throws<AuthenticationFileException>(() => _service.Value);

        Assert.Contains("Postgres:Connection is not understood", exception.Message);
        Assert.DoesNotContain("canary", exception.Message);
    }

    public void Dispose()
    {
        if (_service.IsValueCreated)
        {
            _service.Value.Dispose();
        }

        File.Delete(_secret);
    }

    private Task AddAsync(string user, string hash, params string[] groups) => _server.ExecuteAsync(
        "INSERT INTO mqtt_users VALUES (@u, @h, @g) ON CONFLICT (username) DO UPDATE SET password_hash = @h", ("u", user), ("h", hash), ("g", groups));

    private async Task<(ConnackReasonCode Code, string Reason)> LogInAsync(string? user, string? password)
    {
        var result = await AuthenticateAsync(user, password);
        return (result.Code, result.Reason);
    }

    private Task<AuthenticationResult> AuthenticateAsync(string? user, string? password)
    {
        var bytes = password is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(password);
        var request = new AuthenticationRequest("client", ProtocolVersion.Mqtt5, user, bytes, IPAddress.Loopback, _listener);
        return _service.Value.AuthenticateAsync(request, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }
}
