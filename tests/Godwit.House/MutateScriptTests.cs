using Godwit.House.Scripts;

namespace Godwit.House;

/// <summary><c>./mutate</c>, with a stand-in for <c>dotnet</c> that writes a report.</summary>
public sealed class MutateScriptTests : IDisposable
{
    private const string Dotnet = """
        echo "${PWD##*/} $*" >>"$HERE/calls"
        [[ $1 == stryker ]] || exit 0
        [[ ! -f $HERE/broken ]] || { echo 'Initial build failed'; exit 1; }
        while [[ $1 != --output ]]; do shift; done
        mkdir -p "$2/reports" && cat "$HERE/report.json" >"$2/reports/mutation-report.json"
        """;

    private readonly ScriptFolder _folder = new("mutate");

    public MutateScriptTests()
    {
        _folder.Stub("dotnet", Dotnet);
        _folder.Write("tests/Godwit.Protocol.Tests/stryker-config.json", "{}");
        _folder.Write("tests/Godwit.Broker.Tests/stryker-config.json", "{}");
        _folder.Write("src/Godwit.Protocol/Topics/A.cs", "class A\n{\n    bool B(int c) => c > 7;\n    void D()\n    {\n    }\n}\n");
        _folder.Write("report.json", Report(
            Mutant("Survived", "c \\u003E= 7 \\u0026\\u0026 \\u0022\\\"{\\\"id\\\":\\\"\\u0022", "3,22", "3,27"),
            Mutant("Killed", "c \\u003C 7", "3,22", "3,27"),
            Mutant("NoCoverage", "{}", "5,5", "6,6"),
            Mutant("Timeout", "c == 7", "3,22", "3,27"),
            Mutant("Ignored", "", "1,1", "1,6")));
    }

    [Fact]
    public async Task Every_change_that_no_test_has_seen_is_a_line_with_its_place()
    {
        var result = await _folder.Bash("./mutate topics");

        Assert.Contains("survived src/Godwit.Protocol/Topics/A.cs:3  c > 7  ->  c >= 7 && \"\"{\"id\":\"\"\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("untested src/Godwit.Protocol/Topics/A.cs:5  { ...  ->  {}\n", result.Output, StringComparison.Ordinal);
        Assert.Equal("topics     50.00 %  4 mutants: 1 killed, 1 timed out, 1 survived, 1 untested", result.LastLine);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Each_area_is_a_run_in_the_folder_of_its_tests()
    {
        await _folder.Bash("cd / && \"$HOME/mutate\" all");

        var calls = _folder.LinesOf("calls");
        Assert.EndsWith(" tool restore", calls[0], StringComparison.Ordinal);
        Assert.Equal(["Godwit.Protocol.Tests", "Godwit.Protocol.Tests", "Godwit.Protocol.Tests", "Godwit.Broker.Tests"], calls[1..].Select(call => call.Split(' ')[0]));
        Assert.All(["protocol", "topics", "delivery", "sessions"], (area, i) => Assert.Contains($"artifacts/mutation/{area} ", calls[1 + i] + " ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_breaks_off_is_shown_and_fails()
    {
        _folder.Write("broken", "");

        var result = await _folder.Bash("./mutate topics");

        Assert.Contains("topics did not come to its end (exit code 1):\nInitial build failed\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task Help_and_report_run_nothing()
    {
        Assert.StartsWith("./mutate ", (await _folder.Bash("./mutate --help")).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await _folder.Bash("./mutate")).ExitCode);
        Assert.Equal(2, (await _folder.Bash("./mutate nonsense")).ExitCode);
        Assert.Equal(1, (await _folder.Bash("./mutate --report topics")).ExitCode);
        Assert.Empty(_folder.LinesOf("calls"));
    }

    public void Dispose() => _folder.Dispose();

    private string Report(params string[] mutants) =>
        "{\"files\":{" + File("Empty.cs", "") + ',' + File("A.cs", string.Join(',', mutants)) + "},\"schemaVersion\":\"2\"}";

    private string File(string name, string mutants) =>
        $"\"{_folder.PathOf("src/Godwit.Protocol/Topics/" + name)}\":{{\"language\":\"cs\",\"source\":\"class A\\n{{\\u0022id\\u0022:\",\"mutants\":[{mutants}]}}";

    private static string Mutant(string status, string replacement, string start, string end) =>
        $"{{\"id\":\"1\",\"mutatorName\":\"Equality mutation\",\"replacement\":\"{replacement}\","
        + $"\"location\":{{\"start\":{Place(start)},\"end\":{Place(end)}}},\"status\":\"{status}\",\"static\":false}}";

    private static string Place(string place) => $"{{\"line\":{place.Split(',')[0]},\"column\":{place.Split(',')[1]}}}";
}
