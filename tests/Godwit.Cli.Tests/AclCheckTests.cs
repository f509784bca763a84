using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary><c>godwit acl check</c>: the answer is the exit code, the reason is the line.</summary>
public sealed class AclCheckTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("godwit-acl-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Serve_with_report_only_denies_nothing_and_says_what_it_would_deny()
    {
        var directory = Directory.CreateTempSubdirectory("godwit-trial-");
        var file = Path.Combine(directory.FullName, "godwit.json");
        await File.WriteAllTextAsync(
            file, """{ "Listeners": [ { "Addresses": ["127.0.0.1"], "Port": 0 } ], "Acl": { "Rules": [ { "Deny": "publish", "Topics": ["cmd/#"] }, { "Allow": "all" } ] } }""", TestContext.Current.CancellationToken);
        foreach (var (flags, expected) in new[] { (Array.Empty<string>(), 135), (["--report-only"], 0) })
        {
            using var godwit = GodwitProcess.Start(["serve", "-c", file, .. flags]);
            await godwit.PrintsAsync("mqtt  127.0.0.1:");

            var pub = await GodwitProcess.RunAsync("pub", "-h", "127.0.0.1", "-p", $"{godwit.Port}", "-q", "1", "-t", "cmd/reset", "-m", "x");

            Assert.Equal(expected, pub.ExitCode);
            await godwit.PrintsAsync(expected == 0 ? "would deny publish of \"cmd/reset\"" : "denied publish to \"cmd/reset\"");
        }

        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task It_names_the_line_of_a_mosquitto_file_that_decides()
    {
        var file = Write("acl", "# rules\nuser alice\ntopic readwrite home/#\ntopic deny home/safe\npattern read dev/%c/#\n");

        Assert.Equal((0, $"allowed: {file}:3: topic readwrite home/#\n", ""), await CheckAsync("--user", "alice", "--topic", "home/lamp", "--access", "publish"));
        Assert.Equal((1, $"denied: {file}:4: topic deny home/safe\n", ""), await CheckAsync("--user", "alice", "--topic", "home/safe", "--access", "receive"));
        Assert.Equal((1, "denied: no rule allows it\n", ""), await CheckAsync("--user", "bob", "--topic", "home/lamp", "--access", "write"));
        Assert.Equal((0, $"allowed: {file}:5: pattern read dev/%c/#\n", ""), await CheckAsync("--client", "c1", "--topic", "dev/c1/x", "--access", "read"));
        Assert.Equal(0, (await CheckAsync("--user", "bob", "--topic", "home/#", "--access", "subscribe")).ExitCode);

        Task<(int ExitCode, string Output, string Errors)> CheckAsync(params string[] args) => GodwitProcess.RunAsync(["acl", "check", "--acl-file", file, .. args]);
    }

    [Fact]
    public async Task It_asks_the_rules_of_a_configuration_with_all_that_is_known_of_a_client()
    {
        var file = Write("godwit.json", """
            {
              "Listeners": [ { "Name": "lan", "Port": 1883, "MountPoint": "site7/", "Acl": "guests" } ],
              "Acl": {
                "Rules": [
                  { "Deny": "all", "Topics": ["secret/#"] },
                  { "Allow": "publish", "Topics": ["ops/#"], "Groups": ["ops"], "Addresses": ["10.0.0.0/8"], "QoSMax": 1 }
                ],
                "Sets": [ { "Name": "guests", "Rules": [ { "Allow": "read", "Topics": ["site7/news"] } ] } ]
              }
            }
            """);
        string[] ops = ["acl", "check", "-c", file, "--group", "dev", "--group", "ops", "--topic", "ops/x", "--access", "publish"];

        Assert.Equal((0, $"allowed: {file}:6: allow publish ops/# group=ops address=10.0.0.0/8 QoSMax=1\n", ""), await GodwitProcess.RunAsync([.. ops, "--address", "10.1.2.3"]));
        Assert.Equal(1, (await GodwitProcess.RunAsync([.. ops, "--address", "192.168.1.1"])).ExitCode);
        Assert.Equal(1, (await GodwitProcess.RunAsync([.. ops, "--address", "10.1.2.3", "--qos", "2"])).ExitCode);
        Assert.Equal((1, $"denied: {file}:5: deny all secret/#\n", ""), await GodwitProcess.RunAsync("acl", "check", "-c", file, "--topic", "$share/g/secret/+", "--access", "subscribe"));
        Assert.Equal(0, (await GodwitProcess.RunAsync("acl", "check", "-c", file, "--listener", "lan", "--topic", "news", "--access", "receive")).ExitCode);
    }

    [Fact]
    public async Task Where_no_rule_decides_it_names_who_has_to_be_asked_or_asks()
    {
        var file = Write("asks.json", """
            {
              "Acl": {
                "Rules": [ { "Allow": "all", "Topics": ["free"] } ],
                "Http": { "Url": "http://127.0.0.1:1/" },
                "Postgres": { "Connection": "Host=/nowhere;Username=godwit" }
              }
            }
            """);
        string[] check = ["acl", "check", "-c", file, "--access", "publish", "--topic"];

        Assert.Equal(0, (await GodwitProcess.RunAsync([.. check, "free"])).ExitCode);
        Assert.Equal((1, "not decided: http, then postgres has to be asked (--ask)\n", ""), await GodwitProcess.RunAsync([.. check, "other"]));
        Assert.Equal((1, "denied: http: ConnectionError\n", ""), await GodwitProcess.RunAsync([.. check, "other", "--ask"]));
    }

    [Theory]
    [InlineData("--access is missing", "--topic", "a")]
    [InlineData("--topic is missing", "--access", "publish")]
    [InlineData("takes publish, receive or subscribe, not 'eat'", "--topic", "a", "--access", "eat")]
    [InlineData("has a wildcard", "--topic", "a/#", "--access", "publish")]
    [InlineData("is not a Topic Filter", "--topic", "a/#/b", "--access", "subscribe")]
    [InlineData("takes an IP address", "--topic", "a", "--access", "publish", "--address", "here")]
    [InlineData("No listener", "--topic", "a", "--access", "publish", "--listener", "lan")]
    [InlineData("Did you mean --topic?", "--topik", "a")]
    public async Task A_question_that_makes_no_sense_has_an_exit_code_of_its_own(string hint, params string[] args)
    {
        var (exitCode, output, errors) = await GodwitProcess.RunAsync(["acl", "check", "--acl-file", Write("acl", "topic a"), .. args]);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(hint, errors);
    }

    [Fact]
    public async Task Rules_that_cannot_be_read_answer_nothing()
    {
        var file = Write("acl", "topics read a\n");
        string[] question = ["acl", "check", "--topic", "a", "--access", "publish", "--acl-file"];

        Assert.Equal((2, "", $"{file}:1: 'topics' is not a keyword. Did you mean topic?\n"), await GodwitProcess.RunAsync([.. question, file]));
        Assert.Equal(2, (await GodwitProcess.RunAsync([.. question, file + "-missing"])).ExitCode);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
