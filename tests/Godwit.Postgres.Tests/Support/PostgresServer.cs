using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Godwit.Postgres.Tests.Support;

/// <summary>
/// Debian's PostgreSQL with a database in a folder of its own, reached by a Unix socket. It does not run as root, so root runs it as its
/// user postgres.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    public const string Password = "canary-database-password";

    private const string User = "postgres";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("godwit-postgres-").FullName;
    private Process? _server;

    private static string? Programs { get; } =
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin")).LastOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            : null;

    /// <summary>Words of the configuration, without the password.</summary>
    public string Connection => $"Host={_folder};Username={User};Database=postgres";

    public async ValueTask InitializeAsync()
    {
        if (Programs is null)
        {
            return;
        }

        var secret = Path.Combine(_folder, "secret");
        await File.WriteAllTextAsync(secret, Password);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync(Process.Start("/usr/bin/chown", ["-R", User, _folder]));
        }

        await RunAsync(Start("initdb", "-D", Data, "-U", User, "-A", "scram-sha-256", $"--pwfile={secret}", "--no-sync", "-E", "UTF8", "--no-locale"));
        await StartAsync();
        await ExecuteAsync("""
            CREATE TABLE mqtt_users (username text PRIMARY KEY, password_hash text, groups text[]);
            CREATE TABLE mqtt_rights (username text, filter text, action text);
            """);
    }

    /// <summary>Skips the test when there is no PostgreSQL.</summary>
    public static void SkipWithout() => Assert.SkipWhen(Programs is null, "postgresql is not installed");

    /// <summary>Starts the server again after <see cref="StopAsync"/>.</summary>
    public async Task StartAsync()
    {
        _server = Start("postgres", "-D", Data, "-k", _folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=1MB", "-c", "max_connections=20");
        var started = Stopwatch.GetTimestamp();
        while (!await AnswersAsync())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience && !_server.HasExited, "PostgreSQL does not start");
            await Task.Delay(20);
        }
    }

    /// <summary>Stops the server; connections break.</summary>
    public async Task StopAsync()
    {
        // SIGINT: a fast shutdown. setpriv has become the server, so its id is that of the server.
        using var kill = Process.Start("/bin/kill", ["-INT", _server!.Id.ToString(CultureInfo.InvariantCulture)]);
        await _server.WaitForExitAsync().WaitAsync(Patience);
        _server.Dispose();
        _server = null;
    }

    public async Task ExecuteAsync(string sql, params (string Name, object Value)[] parameters)
    {
        await using var connection = new NpgsqlConnection($"{Connection};Password={Password};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await StopAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private static Process Start(string program, params string[] args)
    {
        var path = Path.Combine(Programs!, program);
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("/usr/bin/setpriv", [$"--reuid={User}", $"--regid={User}", "--clear-groups", path, .. args])
            : new ProcessStartInfo(path, args);
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.WorkingDirectory = "/";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task RunAsync(Process process)
    {
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, process.ExitCode);
        process.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await ExecuteAsync("SELECT 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
