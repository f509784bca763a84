using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Godwit.Postgres.Tests.Support;

/// <summary>
/// Debian's PostgreSQL with a database in a folder of its own, reached by a Unix socket, or as localhost, where it has a certificate that OpenSSL made. It
/// does not run as root, so root runs it as its user postgres.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    public const string Password = "canary-database-password";

    private const string User = "postgres";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("godwit-postgres-").FullName;
    private readonly int _port = FreePort();
    private Process? _server;

    private static string? Programs { get; } =
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin")).LastOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            : null;

    /// <summary>Words of the configuration, without the password.</summary>
    public string Connection => $"Host={_folder};Port={_port};Username={User};Database=postgres";

    /// <summary>The same by TCP and TLS.</summary>
    /// <param name="host">The certificate is for localhost.</param>
    /// <param name="ca">File of the CA; null: the one that has signed it.</param>
    public string TlsConnection(string host = "localhost", string? ca = null) =>
        $"Host={host};Port={_port};Username={User};Database=postgres;SSL Mode=VerifyFull;Root Certificate={ca ?? CaFile}";

    /// <summary>A CA that has signed nothing.</summary>
    public string OtherCaFile => Path.Combine(_folder, "other.pem");

    private string CaFile => Path.Combine(_folder, "ca.pem");

    public async ValueTask InitializeAsync()
    {
        if (Programs is null)
        {
            return;
        }

        var secret = Path.Combine(_folder, "secret");
        await File.WriteAllTextAsync(secret, Password);
        await MakeCertificatesAsync();
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync(Process.Start("/usr/bin/chown", ["-R", User, _folder]));
        }

        await RunAsync(Start("initdb", "-D", Data, "-U", User, "-A", "scram-sha-256", $"--pwfile={secret}", "--no-sync", "-E", "UTF8", "--no-locale"));
        await StartAsync();
        await ExecuteAsync("""
            CREATE TABLE mqtt_users (username text PRIMARY KEY, password_hash text, groups text[]);
            CREATE TABLE mqtt_rights (username text, filter text, action text);
            CREATE TABLE mqtt_acl (username text, position int, filter text, action text, permission text);
            """);
    }

    /// <summary>Skips the test when there is no PostgreSQL.</summary>
    public static void SkipWithout() => Assert.SkipWhen(Programs is null, "postgresql is not installed");

    /// <summary>Starts the server again after <see cref="StopAsync"/>.</summary>
    public async Task StartAsync()
    {
        _server = Start(
            "postgres", "-D", Data, "-k", _folder, "-p", _port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=localhost", "-c", "ssl=on",
            "-c", $"ssl_cert_file={_folder}/server.pem", "-c", $"ssl_key_file={_folder}/server.key", "-c", "fsync=off", "-c", "shared_buffers=1MB", "-c", "max_connections=20");
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task MakeCertificatesAsync()
    {
        foreach (var name in (string[])["ca", "other"])
        {
            await OpenSslAsync(name, "-subj", $"/CN={name}");
        }

        await OpenSslAsync("server", "-subj", "/CN=localhost", "-CA", CaFile, "-CAkey", Path.Combine(_folder, "ca.key"), "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE");
    }

    private async Task OpenSslAsync(string name, params string[] args)
    {
        var start = new ProcessStartInfo("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout", $"{_folder}/{name}.key", "-out", $"{_folder}/{name}.pem", .. args])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        await RunAsync(process);
    }

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
