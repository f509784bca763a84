using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary><c>godwit pub</c> and <c>godwit sub</c> over TLS, with certificates of <c>godwit cert</c>.</summary>
public sealed class TlsClientTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("godwit-tls-").FullName;
    private GodwitProcess? _serve;

    public async ValueTask InitializeAsync()
    {
        await CertAsync("ca");
        await CertAsync("server", "localhost");
        await CertAsync("client", "sensor7");
        await File.WriteAllTextAsync(At("godwit.json"), """
            {
              "Listeners": [ {
                "Addresses": ["127.0.0.1"], "Port": 0,
                "Tls": { "CertificateFile": "server.pem", "KeyFile": "server.key", "ClientCaFile": "ca.pem", "ClientCertificate": "Optional", "UserNameFrom": "CommonName" } } ],
              "Acl": { "Rules": [ { "Allow": "all", "Topics": ["%u/#"] } ] },
              "Store": { "Directory": "state" }
            }
            """);
        _serve = GodwitProcess.Start("serve", "-c", At("godwit.json"));
        await _serve.PrintsAsync("mqtts 127.0.0.1");
    }

    [Fact]
    public async Task What_one_publishes_the_other_prints()
    {
        using var sub = GodwitProcess.Start(["sub", .. Broker(), "-d", "-t", "sensor7/#", "-C", "1", "--tls-version", "tlsv1.2"]);
        await sub.PrintsAsync("received SUBACK");

        var (exitCode, _, errors) = await GodwitProcess.RunAsync(["pub", .. Broker(), "-q", "1", "-t", "sensor7/state", "-m", "on", "--tls-version", "tlsv1.3"]);

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal(0, await sub.ExitAsync());
        Assert.Contains("\non\n", sub.Output);
    }

    [Fact, Spec("Hostile-51")]
    public async Task A_server_that_is_not_believed_is_named()
    {
        await CertAsync("ca", "--out", "other");

        var (exitCode, _, errors) = await GodwitProcess.RunAsync("pub", "-h", "localhost", "-p", $"{Port}", "--cafile", At("other.pem"), "-t", "a", "-m", "x");

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"Error: No TLS with localhost port {Port}: ", errors);
    }

    [Fact, Spec("Hostile-51")]
    public async Task Another_name_takes_the_word_insecure()
    {
        string[] pub = ["pub", "-h", "127.0.0.1", "-p", $"{Port}", "--capath", At("believed"), "--cert", At("sensor7.pem"), "--key", At("sensor7.key"), "-q", "1", "-t", "sensor7/a", "-m", "x"];
        Directory.CreateDirectory(At("believed"));
        File.Copy(At("ca.pem"), At("believed/ca.pem"));

        var strict = await GodwitProcess.RunAsync(pub);
        var loose = await GodwitProcess.RunAsync([.. pub, "--insecure"]);

        Assert.Equal((1, 0), (strict.ExitCode, loose.ExitCode));
        Assert.Contains("RemoteCertificateNameMismatch", strict.Errors);
    }

    [Theory]
    [InlineData("--cert needs --cafile, --capath or --tls-use-os-certs.", "--cert", "sensor7.pem")]
    [InlineData("only one of --cafile, --capath and --tls-use-os-certs says which CAs are believed.", "--cafile", "ca.pem", "--tls-use-os-certs")]
    [InlineData("--cert and --key belong together.", "--tls-use-os-certs", "--cert", "sensor7.pem")]
    [InlineData("'tlsv1' is not a version of TLS: tlsv1.2 or tlsv1.3.", "--tls-use-os-certs", "--tls-version", "tlsv1")]
    [InlineData("godwit.json holds no certificate in PEM.", "--cafile", "godwit.json")]
    [InlineData("the CA certificates in nowhere.pem cannot be read: ", "--cafile", "nowhere.pem")]
    public async Task A_mistake_is_named_before_anything_is_sent(string words, params string[] flags)
    {
        using var godwit = GodwitProcess.StartByShell($"cd {_directory} && exec \"$0\" pub -t a -m x {string.Join(' ', flags)}");

        Assert.Equal(1, await godwit.ExitAsync());
        Assert.Contains(words, godwit.Errors);
    }

    public ValueTask DisposeAsync()
    {
        _serve?.Dispose();
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private int Port => _serve!.Port;

    private string[] Broker() =>
        ["-h", "localhost", "-p", $"{Port}", "--cafile", At("ca.pem"), "--cert", At("sensor7.pem"), "--key", At("sensor7.key")];

    private string At(string name) => Path.Combine(_directory, name);

    private async Task CertAsync(params string[] arguments)
    {
        var (exitCode, _, errors) = await GodwitProcess.RunAsync([.. (string[])["cert"], .. arguments, "--dir", _directory]);
        Assert.Equal((0, ""), (exitCode, errors));
    }
}
