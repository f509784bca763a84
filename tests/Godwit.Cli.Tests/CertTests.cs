using System.Security.Cryptography.X509Certificates;
using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary><c>godwit cert</c> as a process.</summary>
public sealed class CertTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("godwit-cert-").FullName;

    [Fact]
    public async Task Three_commands_make_a_CA_a_server_and_a_client_that_OpenSSL_believes()
    {
        Assert.Equal((0, ""), await CertAsync("ca"));
        Assert.Equal((0, ""), await CertAsync("server", "localhost", "127.0.0.1"));
        Assert.Equal((0, ""), await CertAsync("client", "sensor 7", "--out", "sensor7", "--days", "30"));

        Assert.Equal(0, await VerifyAsync("sslserver -verify_hostname localhost", "server.pem"));
        Assert.Equal(0, await VerifyAsync("sslclient", "sensor7.pem"));
        using var server = X509Certificate2.CreateFromPemFile(At("server.pem"), At("server.key"));
        using var client = X509CertificateLoader.LoadCertificateFromFile(At("sensor7.pem"));
        Assert.True(server.MatchesHostname("127.0.0.1"));
        Assert.Equal("CN=sensor 7", client.Subject);
        Assert.InRange((client.NotAfter - DateTime.Now).TotalDays, 29, 31);
    }

    [Fact]
    public async Task Keys_can_be_read_by_their_owner_only()
    {
        await CertAsync("ca");

        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(At("ca.key")) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task Files_that_are_there_are_not_replaced()
    {
        await CertAsync("ca");
        var before = await File.ReadAllTextAsync(At("ca.key"), TestContext.Current.CancellationToken);

        var (exitCode, errors) = await CertAsync("ca");

        Assert.Equal((1, $"Error: {At("ca.pem")} is there already and is not replaced: move it away, or say --out NAME.\n"), (exitCode, errors));
        Assert.Equal(before, await File.ReadAllTextAsync(At("ca.key"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_a_CA_it_says_how_to_make_one()
    {
        var (exitCode, errors) = await CertAsync("server", "localhost");

        Assert.Equal(1, exitCode);
        Assert.Equal($"Error: there is no CA in {_directory} (ca.pem and ca.key): make one with godwit cert ca, or say --dir DIR.\n", errors);
    }

    [Theory]
    [InlineData("'../../etc/x' makes no good file name: say --out NAME.", "client", "../../etc/x")]
    [InlineData("'0' is not a number of days: a number from 1 to 36500.", "ca", "--days", "0")]
    public async Task A_usage_error_says_what_to_type(string words, params string[] arguments)
    {
        var (exitCode, errors) = await CertAsync(arguments);

        Assert.Equal(1, exitCode);
        Assert.Contains(words, errors);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string At(string name) => Path.Combine(_directory, name);

    private async Task<int> VerifyAsync(string purpose, string file)
    {
        using var openssl = GodwitProcess.StartByShell($"exec openssl verify -x509_strict -purpose {purpose} -CAfile {At("ca.pem")} {At(file)}");
        return await openssl.ExitAsync();
    }

    private async Task<(int ExitCode, string Errors)> CertAsync(params string[] arguments)
    {
        var (exitCode, _, errors) = await GodwitProcess.RunAsync([.. (string[])["cert"], .. arguments, "--dir", _directory]);
        return (exitCode, errors);
    }
}
