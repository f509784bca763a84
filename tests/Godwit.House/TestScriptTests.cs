using Godwit.House.Rules;
using Godwit.House.Scripts;

namespace Godwit.House;

/// <summary><c>./test</c>, with stand-ins for the programs that it calls and for the test programs.</summary>
public sealed class TestScriptTests : IDisposable
{
    private readonly ScriptFolder _folder = new("test", ".ci/run");

    public TestScriptTests()
    {
        _folder.Stub("dotnet", "echo \"$*\" >>\"$HERE/builds\"; [[ ! -f $HERE/broken ]] || { echo 'A.cs(1,1): error CS1002: ; expected'; exit 1; }");
        _folder.Stub("dpkg-query", "[[ ! -f $HERE/missing || ${@: -1} != strace ]] && echo installed");
        _folder.Stub("apt-get", "echo \"$*\" >>\"$HERE/apt\"; [[ ! -f $HERE/offline ]] || { echo 'E: Unable to locate package'; exit 100; }");
        _folder.Stub("npm", "echo \"$*\" >>\"$HERE/npm\"; mkdir -p node_modules; : >node_modules/.package-lock.json");
        _folder.Stub("sudo", "\"$@\"");
        Project("First", passed: 3);
        Project("Second", passed: 4);
    }

    [Fact]
    public async Task All_projects_are_built_once_and_run()
    {
        var result = await _folder.Bash("./test");

        Assert.Equal("7 passed, 0 failed", result.LastLine);
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("build Godwit.slnx -c Release", Assert.Single(_folder.LinesOf("builds")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CI_runs_the_same()
    {
        var result = await _folder.Bash("cd / && CI=true \"$HOME/.ci/run\" <&-");

        Assert.Equal("7 passed, 0 failed", result.LastLine);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task A_failed_test_is_shown_and_fails_the_run()
    {
        Project("Third", passed: 1, failed: 2, text: "failed Third.Tests.It_works (3ms)\n  Expected: 1");

        var result = await _folder.Bash("./test");

        Assert.Equal("8 passed, 2 failed", result.LastLine);
        Assert.Contains("failed Third.Tests.It_works (3ms)\n  Expected: 1\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task Skipped_tests_are_listed_with_their_reason()
    {
        Project("Third", passed: 1, skipped: 1, text: "skipped Third.Tests.It_talks_to(port: 1) (0ms)\n  mosquitto is not installed");

        var result = await _folder.Bash("./test");

        Assert.Equal("8 passed, 0 failed, 1 skipped", result.LastLine);
        Assert.Contains("\nSkipped:\n  Third.Tests.It_talks_to(port: 1): mosquitto is not installed\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData("echo 'Unhandled exception.'; exit 134", "DID NOT RUN (exit code 134)\nUnhandled exception.\n")]
    [InlineData("printf 'Test run summary: Failed!\\n  total: 1\\n  failed: 0\\n  succeeded: 1\\n  skipped: 0\\n'; exit 2", "Third ended with exit code 2")]
    [InlineData("printf 'Test run summary: Zero tests ran\\n  total: 0\\n  failed: 0\\n  succeeded: 0\\n  skipped: 0\\n'; exit 8", "Third ran no test.")]
    public async Task A_project_that_does_not_run_as_it_should_fails_the_run(string program, string told)
    {
        Program("Third", program);

        var result = await _folder.Bash("./test");

        Assert.Contains(told, result.Output, StringComparison.Ordinal);
        Assert.Contains("did not run as they should: Third\n", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("passed, 0 failed", result.LastLine, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task A_project_without_its_program_fails_the_run()
    {
        _folder.Write("tests/Third/Third.csproj", "");

        Assert.Equal(1, (await _folder.Bash("./test")).ExitCode);
    }

    [Fact]
    public async Task After_a_failed_build_nothing_runs()
    {
        _folder.Write("broken", "");

        var result = await _folder.Bash("./test");

        Assert.Contains("error CS1002", result.Output, StringComparison.Ordinal);
        Assert.Equal("0 passed, 0 failed", result.LastLine);
        Assert.Equal(1, result.ExitCode);
    }

    [Theory]
    [InlineData("seC", "4 passed, 0 failed", 0)]
    [InlineData("First Second", "7 passed, 0 failed", 0)]
    [InlineData("Nothing", "0 passed, 0 failed", 1)]
    public async Task A_filter_chooses_projects_by_name(string filter, string lastLine, int exitCode)
    {
        var result = await _folder.Bash("./test " + filter);

        Assert.Equal(lastLine, result.LastLine);
        Assert.Equal(exitCode, result.ExitCode);
    }

    [Fact]
    public async Task List_and_help_run_nothing()
    {
        Assert.Equal("First\nSecond\n", (await _folder.Bash("./test --list")).Output);
        Assert.StartsWith("./test ", (await _folder.Bash("./test --help")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await _folder.Bash("./test --nonsense")).ExitCode);
        Assert.Empty(_folder.LinesOf("builds"));
    }

    [Fact]
    public async Task Only_what_is_missing_is_installed()
    {
        await _folder.Bash("./test");
        Assert.Empty(_folder.LinesOf("apt"));

        _folder.Write("missing", "");
        await _folder.Bash("./test");

        Assert.Equal("install -y -q --no-install-recommends strace", Assert.Single(_folder.LinesOf("apt")));
    }

    [Fact]
    public async Task A_program_from_elsewhere_is_as_good_as_the_package()
    {
        _folder.Stub("dpkg-query", "[[ ${@: -1} != gcc ]] && echo installed");
        _folder.Stub("gcc", "");

        await _folder.Bash("./test");

        Assert.Empty(_folder.LinesOf("apt"));
    }

    [Fact]
    public void Every_package_that_a_test_asks_for_is_installed()
    {
        var installed = InstallRule.PackagesOf(Repository.Read("test").Text);

        Violations.None(Repository.Sources.SelectMany(file => InstallRule.Check(file, installed)));
    }

    [Theory]
    [InlineData("Programs.Require(\"a\", \"gcc\"); Programs.Require(name, \"coreutils\");", 0)]
    [InlineData("const string Package = \"nothing\";", 1)]
    [InlineData("Programs.Require(\"a\", \"nothing\");", 1)]
    [InlineData("Programs.RequireFile(Path.Combine(A, B[0]), \"Debian package nothing\");", 1)]
    public void The_rule_sees_a_package_that_nobody_installs(string text, int violations)
    {
        var installed = InstallRule.PackagesOf("debian_packages=(\n  mosquitto curl:curl\n  gcc:gcc\n)\n");

        Assert.Equal(["mosquitto", "curl", "gcc"], installed);
        Assert.Equal(violations, InstallRule.Check(new SourceFile("tests/Godwit.Interop/A.cs", text), installed).Count());
    }

    [Fact]
    public async Task What_cannot_be_installed_is_said_and_the_tests_run()
    {
        _folder.Write("missing", "");
        _folder.Write("offline", "");

        var result = await _folder.Bash("./test");

        Assert.Contains("Unable to locate package. Tests that need strace are skipped.", result.Output, StringComparison.Ordinal);
        Assert.Equal("7 passed, 0 failed", result.LastLine);
    }

    [Fact]
    public async Task Npm_packages_are_installed_when_the_lock_file_is_newer()
    {
        _folder.Write("tests/Godwit.Interop/node/package-lock.json", "{}");

        await _folder.Bash("./test && ./test");
        Assert.Single(_folder.LinesOf("npm"));

        await _folder.Bash("touch tests/Godwit.Interop/node/package-lock.json && ./test");
        Assert.Equal(2, _folder.LinesOf("npm").Length);
    }

    public void Dispose() => _folder.Dispose();

    private void Project(string name, int passed = 0, int failed = 0, int skipped = 0, string text = "") =>
        Program(name, $"""
            cat <<'END'
            {text}

            Test run summary: as it may be
              total: {passed + failed + skipped}
              failed: {failed}
              succeeded: {passed}
              skipped: {skipped}
              duration: 1s 191ms
            END
            exit {(failed > 0 ? 2 : 0)}
            """);

    private void Program(string name, string bash)
    {
        _folder.Write($"tests/{name}/{name}.csproj", "");
        _folder.Write($"tests/{name}/bin/Release/net10.0/{name}", $"#!{_folder.PathOf("stubs/bash")}\n{bash}\n", executable: true);
    }
}
