using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary>Canaries stand wherever a secret may stand, and nothing that is printed has one in it.</summary>
public sealed class SecretsTests : IDisposable
{
    private const string Canary = "canary";
    private const string Environment = "GODWIT_Authentication__Sources__1__Postgres__Connection='Host=127.0.0.1;Port=1;Username=u;Password=canary-db' "
        + "GODWIT_Authentication__Sources__2__Http__Url='http://127.0.0.1:1/login?key=canary-url'";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("godwit-secrets-");

    public static bool IsLinux => OperatingSystem.IsLinux();

    private string Main => PathOf("godwit.json");

    [Theory]
    [InlineData("""{ "Kind": "Postgres", "Postgres": { "Connection": "Host=db;Password=canary" } }""", "Postgres:Connection", "PasswordFile")]
    [InlineData("""{ "Kind": "Postgres", "Postgres": { "Connection": "Host=db;pwd=canary" } }""", "Postgres:Connection", "PasswordFile")]
    [InlineData("""{ "Kind": "Http", "Http": { "Url": "https://user:canary@example.org/" } }""", "Http:Url", "TokenFile")]
    [InlineData("""{ "Kind": "Http", "Http": { "Url": "https://example.org/?token=canary" } }""", "Http:Url", "TokenFile")]
    [InlineData("""{ "Kind": "Jwt", "Jwt": { "KeyUrl": "https://user:canary@example.org/" } }""", "Jwt:KeyUrl", "KeyFile")]
    public async Task A_secret_in_the_file_is_an_error_that_says_where_it_belongs(string source, string key, string file)
    {
        File.WriteAllText(Main, $$"""
            {
              "Authentication": { "Sources": [
                {{source}}
              ] }
            }
            """);

        foreach (var arguments in Commands)
        {
            var (exitCode, output, errors) = await GodwitProcess.RunAsync(arguments);

            Assert.Equal(2, exitCode);
            Assert.Contains($"{Main}:3: Authentication:Sources:0:{key} has a secret in it, which must not stand here.", errors);
            Assert.Contains($"name that with {file}", errors);
            Assert.Contains($"GODWIT_Authentication__Sources__0__{key.Replace(":", "__", StringComparison.Ordinal)}.", errors);
            Assert.DoesNotContain(Canary, output + errors);
        }
    }

    [Fact]
    public async Task A_secret_on_the_command_line_or_in_a_name_that_is_not_known_is_not_repeated()
    {
        File.WriteAllText(Main, """{ "Authentication": { "Password": "canary", "Sources": [ { "Kind": "Postgres" } ] } }""");
        File.WriteAllText(PathOf("old.conf"), "remote_password canary\nbridge_psk canary\nauth_opt_password canary\n");

        var (_, output, errors) = await GodwitProcess.RunAsync(
            "config", "show", "-c", Main, "--set", "Authentication:Sources:0:Postgres:Connection=Host=db;Password=canary", "--set", "Authentication:Token=canary");
        Assert.Contains("Authentication:Password is not a setting. Did you mean Authentication:PasswordFile?", errors);
        Assert.Contains("Authentication:Sources:0:Postgres:Connection has a secret in it", errors);
        Assert.DoesNotContain(Canary, output + errors);

        var (_, ofMosquitto, refusals) = await GodwitProcess.RunAsync("serve", "-c", PathOf("old.conf"), "--test-config");
        Assert.DoesNotContain(Canary, ofMosquitto + refusals);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sets variables by a shell")]
    public async Task Secrets_of_files_and_of_the_environment_are_never_shown()
    {
        WriteSecrets();
        File.WriteAllText(PathOf("next.json"), File.ReadAllText(Main).Replace("5432", "5433", StringComparison.Ordinal));

        foreach (var line in (string[])[$"config show -c {Main} --all --origin", $"serve -c {Main} --test-config", $"config plan {PathOf("next.json")} -c {Main}"])
        {
            using var godwit = GodwitProcess.StartByShell($"{Environment} exec \"$0\" {line}");

            Assert.True(await godwit.ExitAsync() == 0, godwit.Errors);
            Assert.DoesNotContain(Canary, godwit.Output + godwit.Errors);
        }

        using var show = GodwitProcess.StartByShell($"{Environment} exec \"$0\" config show -c {Main}");
        await show.ExitAsync();
        Assert.Contains("Authentication:Sources:1:Postgres:Connection = (set)\n", show.Output);
        Assert.Contains("Authentication:Sources:2:Http:Url = (set)\n", show.Output);
    }

    [Theory(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    [InlineData("error")]
    [InlineData("warn")]
    [InlineData("info")]
    [InlineData("debug")]
    [InlineData("trace")]
    public async Task At_no_level_the_log_has_a_secret_in_it(string level)
    {
        WriteSecrets();
        using var godwit = GodwitProcess.StartByShell($"{Environment} exec \"$0\" serve -p 0 -c {Main} --durability memory --set Log:Level={level} --set Limits:SessionsMax=7");
        await godwit.PrintsAsync("mqtt  127.0.0.1:");

        foreach (var (user, password) in (ReadOnlySpan<(string, string)>)[("alice", "canary-right"), ("alice", "canary-wrong"), ("bob", "canary-unknown")])
        {
            using var client = MqttSocket.Open(godwit.Port);
            client.Send(Connect(user, password));
            client.Receive();
        }

        File.WriteAllText(PathOf("godwit.json"), File.ReadAllText(Main).Replace("\"password.txt\"", "\"missing\"", StringComparison.Ordinal));
        godwit.Signal("HUP");
        await godwit.PrintsAsync("reload (SIGHUP) failed");
        WriteSecrets();
        File.WriteAllText(Main, File.ReadAllText(Main).Replace("\"WaitMsMax\": 5", "\"WaitMsMax\": 6", StringComparison.Ordinal));
        godwit.Signal("HUP");
        await godwit.StopAsync();

        Assert.DoesNotContain(Canary, godwit.Output + godwit.Errors, StringComparison.OrdinalIgnoreCase);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private string[][] Commands => [["serve", "-c", Main, "--test-config"], ["config", "show", "-c", Main], ["config", "plan", Main]];

    private static byte[] Connect(string userName, string password)
    {
        byte[] body = [0, 4, .. "MQTT"u8, 5, 0xC2, 0, 60, 0, 0, 1, (byte)'c', .. Field(userName), .. Field(password)];
        return [0x10, (byte)body.Length, .. body];

        static byte[] Field(string text) => [0, (byte)text.Length, .. System.Text.Encoding.UTF8.GetBytes(text)];
    }

    /// <summary>A source of each kind that has a secret; nobody is where the database and the service should be.</summary>
    private void WriteSecrets()
    {
        File.WriteAllText(PathOf("users"), $"alice:$7$1000$canarycanary$canary{Convert.ToBase64String(new byte[64])[6..]}\n");
        File.WriteAllText(PathOf("password.txt"), "canary-password\n");
        File.WriteAllText(PathOf("token.txt"), "canary-token\n");
        File.WriteAllText(PathOf("secret.txt"), "canary-secret-of-at-least-32-bytes");
        File.WriteAllText(Main, """
            {
              "Listeners": [ { "Port": 0 } ],
              "Authentication": {
                "FailuresMax": 0,
                "WaitMsMax": 5,
                "Sources": [
                  { "Kind": "PasswordFile", "File": "users" },
                  { "Kind": "Postgres", "Postgres": { "PasswordFile": "password.txt", "TimeLimitMs": 1000 } },
                  { "Kind": "Http", "Http": { "TokenFile": "token.txt", "TimeLimitMs": 1000 } },
                  { "Kind": "Jwt", "Jwt": { "Algorithms": ["HS256"], "SecretFile": "secret.txt", "Issuer": "5432" } }
                ]
              }
            }
            """);
    }

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);
}
