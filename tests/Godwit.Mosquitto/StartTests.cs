using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Mosquitto;

/// <summary>What a broker says that does not start, or that starts with an open door; and what <c>godwit import</c> makes of a file.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    // A password file, an ACL file: Mosquitto leaves a wrong line out, or takes it for a user without a password.
    [Theory, Spec("Hostile-46")]
    [InlineData("passwd", "alice\n", "passwd:1")]
    [InlineData("passwd", "bob:$7$101$AAAA$BBBB\nalice:plain\n", "passwd:")]
    [InlineData("acl", "topic read a\nuser\n", "acl:2")]
    [InlineData("acl", "topics read a\n", "acl:1")]
    [InlineData("acl", "topic read a/#/b\n", "acl:1")]
    public async Task A_wrong_line_of_a_file_stops_the_start_with_its_number(string name, string content, string place)
    {
        _directory.Write("passwd", "");
        _directory.Write("acl", "");
        _directory.Write(name, content);

        var (code, errors) = await StartAsync($"listener {FreePort.Next()} 127.0.0.1\npassword_file {_directory.Path}/passwd\nacl_file {_directory.Path}/acl\n");

        Assert.Equal(2, code);
        Assert.Contains(place, errors, StringComparison.Ordinal);
    }

    [Theory, Spec("Hostile-46")]
    [InlineData("password_file")]
    [InlineData("acl_file")]
    public async Task A_file_that_cannot_be_read_stops_the_start(string option)
    {
        var (code, errors) = await StartAsync($"listener {FreePort.Next()} 127.0.0.1\n{option} {_directory.Path}/nowhere\n");

        Assert.Equal(2, code);
        Assert.Contains($"{_directory.Path}/mosquitto.conf:2", errors, StringComparison.Ordinal);
        Assert.Contains($"{_directory.Path}/nowhere", errors, StringComparison.Ordinal);
    }

    [Fact, Spec("Hostile-46")]
    public async Task Unknown_options_stop_the_start_all_of_them_at_once()
    {
        var (code, errors) = await StartAsync("listner 1883\nallow_anonymus true\nmax_qos 7\n");

        Assert.Equal(2, code);
        Assert.Contains("mosquitto.conf:1: listner is not an option of Mosquitto. Did you mean listener?", errors, StringComparison.Ordinal);
        Assert.Contains("mosquitto.conf:2: allow_anonymus is not an option of Mosquitto. Did you mean allow_anonymous?", errors, StringComparison.Ordinal);
        Assert.Contains("mosquitto.conf:3: max_qos is a number from 0 to 2, not 7.", errors, StringComparison.Ordinal);
    }

    [Fact, Spec("Hostile-48")]
    public async Task An_open_door_beyond_this_machine_needs_its_words_and_is_warned_of()
    {
        var port = FreePort.Next();
        await using var run = Serve($"listener {port}\nallow_anonymous true\n");

        var line = await run.LineAsync(line => line.Contains($":{port}", StringComparison.Ordinal), "row of the start table", patience: Deadlines.StartUp);

        Assert.Contains("not encrypted", line, StringComparison.Ordinal);
        Assert.Contains("anonymous clients who can reach this address", line, StringComparison.Ordinal);
        await run.TerminateAsync();
    }

    [Fact]
    public async Task An_import_writes_what_it_can_and_lists_the_rest()
    {
        var conf = _directory.Write("mosquitto.conf", "listener 1884\nmax_qos 1\npsk_hint x\nconnection cloud\naddress example.org\n");
        var target = Path.Combine(_directory.Path, "godwit.json");
        await using var run = ProgramRun.Start(GodwitProgram.Require(), ["import", "mosquitto", conf, "-o", target]);

        Assert.Equal(2, await run.EndAsync(Deadlines.StartUp));

        var errors = string.Join('\n', run.Errors.Lines);
        Assert.Contains($"{conf}:3: error: psk_hint x is not possible here.", errors, StringComparison.Ordinal);
        Assert.Contains($"{conf}:4: error: connection cloud: There are no bridges yet.", errors, StringComparison.Ordinal);
        Assert.Contains("2 lines could not be taken over; the rest is written.", errors, StringComparison.Ordinal);
        var text = await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken);
        Assert.Contains($"\"MaximumQoS\": 1,  // {conf}:2", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_writes_over_no_file()
    {
        var conf = _directory.Write("mosquitto.conf", "listener 1884\n");
        var target = _directory.Write("godwit.json", "mine");
        await using var run = ProgramRun.Start(GodwitProgram.Require(), ["import", "mosquitto", conf, "-o", target]);

        Assert.Equal(3, await run.EndAsync(Deadlines.StartUp));

        Assert.Equal("mine", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));
    }

    public void Dispose() => _directory.Dispose();

    private async Task<(int Code, string Errors)> StartAsync(string content)
    {
        await using var run = Serve(content);
        var code = await run.EndAsync(Deadlines.StartUp);
        return (code, string.Join('\n', run.Errors.Lines));
    }

    private ProgramRun Serve(string content)
    {
        var conf = _directory.Write("mosquitto.conf", content);
        return ProgramRun.Start(GodwitProgram.Require(), ["serve", "-c", conf], new RunOptions
        {
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_STATE_HOME"] = _directory.Path },
        });
    }
}
