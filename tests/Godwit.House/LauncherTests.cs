using Godwit.House.Scripts;

namespace Godwit.House;

/// <summary><c>./godwit</c>, with a stand-in for <c>dotnet</c>: its "build" writes a line to the file builds and a program that says what it got.</summary>
public sealed class LauncherTests : IDisposable
{
    private const string Dotnet = """
        case $1 in
          --version) echo 10.0.100 ;;
          --list-runtimes) echo "Microsoft.AspNetCore.App 10.0.0 [$HERE/stubs/shared/Microsoft.AspNetCore.App]" ;;
          restore) [[ $* != *ReadyToRun* || ! -f $HERE/no-compiler ]] ;;
          publish)
            echo build >>"$HERE/builds"
            echo "what a build says"
            cat >/dev/null
            [[ -f $HERE/server ]] && { sleep 20 >/dev/null 2>&1 & echo $! >"$HERE/server"; }
            if [[ -f $HERE/slow ]]; then trap 'echo >"$HERE/interrupted"; kill $!; exit 1' TERM; sleep "$(cat "$HERE/slow")" & echo >"$HERE/asleep"; wait $!; fi
            [[ -f $HERE/broken ]] && { echo "error CS1002: ; expected"; exit 1; }
            while [[ $1 != -o ]]; do shift; done
            mkdir -p "$2" && cp_program "$2/godwit" ;;
        esac
        """;

    private const string Program = """
        cp_program() { printf '#!%s/stubs/bash\necho "pid $$ args $*"\ncat\n' "$HERE" >"$1"; chmod +x "$1"; }

        """;

    private readonly ScriptFolder _folder = new("godwit");

    public LauncherTests()
    {
        _folder.Stub("dotnet", Program + Dotnet);
        _folder.Write("src/Godwit.Cli/Program.cs", "");
        _folder.Write("src/Godwit.Cli/Gone.cs", "");
        _folder.Write("Directory.Build.props", "");
        _folder.Write("global.json", "");
    }

    private int Builds => _folder.LinesOf("builds").Length;

    [Fact]
    public async Task The_first_use_builds_and_keeps_the_standard_output_clean()
    {
        var result = await _folder.Bash("./godwit pub -m 'two words'", input: "a line\n");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^pid \d+ args pub -m two words\na line\n$", result.Output);
        Assert.StartsWith("godwit: building (first use), about 30 s ...\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("what a build says", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task The_second_use_builds_nothing_and_says_nothing()
    {
        await _folder.Bash("./godwit");

        var result = await _folder.Bash("./godwit");

        Assert.Equal("", result.Error);
        Assert.Equal(1, Builds);
    }

    [Theory]
    [InlineData("touch src/Godwit.Cli/Program.cs", "src/Godwit.Cli/Program.cs")]
    [InlineData("touch Directory.Build.props", "Directory.Build.props")]
    [InlineData("touch global.json", "global.json")]
    [InlineData("rm src/Godwit.Cli/Gone.cs", "src/Godwit.Cli")]
    public async Task A_change_of_the_sources_builds_again(string change, string reason)
    {
        await _folder.Bash("./godwit");

        var result = await _folder.Bash(change + " && ./godwit serve");

        Assert.StartsWith($"godwit: building ({reason} is newer than the last build) ...\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("args serve", result.Output, StringComparison.Ordinal);
        Assert.Equal(2, Builds);
    }

    [Fact]
    public async Task What_a_build_leaves_below_src_is_not_a_change()
    {
        await _folder.Bash("mkdir -p src/Godwit.Cli/obj && ./godwit");

        await _folder.Bash("touch src/Godwit.Cli/obj/x.cs && ./godwit");

        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task Many_first_uses_at_once_build_once()
    {
        _folder.Write("slow", "0.5");

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _folder.Bash("./godwit")));

        Assert.All(results, result => Assert.StartsWith("pid ", result.Output, StringComparison.Ordinal));
        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task After_a_failed_build_no_old_program_runs()
    {
        await _folder.Bash("./godwit");
        _folder.Write("broken", "");

        var result = await _folder.Bash("touch src/Godwit.Cli/Program.cs && ./godwit");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains("error CS1002", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("godwit: the build failed; nothing was started\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_has_the_process_id_of_the_launcher()
    {
        var result = await _folder.Bash("./godwit & echo started $!; wait");

        var started = result.Output.Split('\n').Single(line => line.StartsWith("started ", StringComparison.Ordinal))[8..];
        Assert.Contains($"pid {started} args", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cd / && \"$HOME/godwit\"")]
    [InlineData("cd src && ../godwit")]
    [InlineData("bash godwit")]
    [InlineData("mkdir a && ln -s ../godwit a/one && ln -s \"$HOME/a/one\" a/two && cd a && ./two")]
    public async Task It_works_from_everywhere_and_through_links(string line)
    {
        var result = await _folder.Bash(line);

        Assert.StartsWith("pid ", result.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.PathOf("artifacts/godwit/stamp")));
    }

    [Fact]
    public async Task Without_dotnet_it_says_where_to_get_it()
    {
        File.Delete(_folder.PathOf("stubs/dotnet"));

        var result = await _folder.Bash("./godwit");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("the .NET 10 SDK is needed, and there is no 'dotnet' on the PATH: https://", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_older_dotnet_it_says_what_there_is()
    {
        _folder.Stub("dotnet", "[[ $1 == --list-sdks ]] && echo '8.0.400 [/opt]' || exit 145");

        var result = await _folder.Bash("./godwit");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("the .NET 10 SDK is needed, and", result.Error, StringComparison.Ordinal);
        Assert.Contains("8.0.400", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_ahead_of_time_compiler_it_builds_all_the_same()
    {
        _folder.Write("no-compiler", "");

        var result = await _folder.Bash("./godwit");

        Assert.Contains("start a little slower", result.Error, StringComparison.Ordinal);
        Assert.StartsWith("pid ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compiler_server_that_stays_does_not_hold_the_lock()
    {
        _folder.Write("server", "");
        await _folder.Bash("./godwit");
        var server = _folder.LinesOf("server")[0];
        File.Delete(_folder.PathOf("server"));

        var result = await _folder.Bash($"touch global.json; ./godwit; kill {server}");

        Assert.DoesNotContain("waiting", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, Builds);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task An_interrupted_launcher_ends_the_build_and_leaves_no_lock(string signal, int exitCode)
    {
        _folder.Write("slow", "20");
        var first = _folder.Start("godwit");
        await first.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);     // "building"
        await _folder.Bash($"for _ in {{1..1000}}; do [[ -f asleep ]] && break; sleep 0.01; done; [[ -f asleep ]] && kill -{signal} {first.Id}");
        Assert.Equal(exitCode, (await ScriptFolder.EndOf(first)).ExitCode);
        Assert.True(File.Exists(_folder.PathOf("interrupted")));
        File.Delete(_folder.PathOf("slow"));

        var second = await _folder.Bash("./godwit");

        Assert.StartsWith("pid ", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("waiting", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_costs_less_than_30_ms_when_nothing_is_to_be_built()
    {
        foreach (var number in Enumerable.Range(0, 500))
        {
            _folder.Write($"src/Godwit.Broker/Folder{number % 20}/File{number}.cs", "");
        }

        await _folder.Bash("./godwit");

        var result = await _folder.Bash("""
            for i in {1..20}; do a=${EPOCHREALTIME/[.,]}; ./godwit </dev/null >/dev/null; b=${EPOCHREALTIME/[.,]}; echo $((b - a)); done
            """);

        Assert.InRange(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Min(int.Parse), 0, 30_000);
    }

    public void Dispose() => _folder.Dispose();
}
