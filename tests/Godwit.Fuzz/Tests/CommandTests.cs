using Godwit.Fuzz.Commands;
using Godwit.Fuzz.Engine;

namespace Godwit.Fuzz.Tests;

/// <summary>The command behind ./fuzz.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("godwit-fuzz-").FullName;

    [Fact]
    public void It_lists_the_targets()
    {
        var (exitCode, output) = Run("--list");

        Assert.Equal(0, exitCode);
        Assert.Equal(
            [
                "packet-reader", "packet-reader-split", "reader-writer", "property-matrix", "topic-matcher", "broker", "client", "acl-file", "configuration", "mosquitto-conf",
                "unit-words", "proxy-header", "client-hello", "websocket-frames", "websocket-headers", "token", "token-keys", "scram", "password-line",
            ],
            output.Trim().Split('\n'));
    }

    [Fact]
    public void A_run_that_finds_nothing_says_how_much_it_has_done()
    {
        var (exitCode, output) = Run("--target", "property-matrix", "--minutes", "0.001", "--seed", "77");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"property-matrix: nothing found, 0 s, [\d,]+ executions, [\d,]+/s, corpus \d+, seed 77\n", output);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void One_iteration_can_be_run_alone() => Assert.Equal((0, ""), Run("--target", "topic-matcher", "--seed", "7", "--iteration", "12"));

    [Theory]
    [InlineData("--target", "nothing")]
    [InlineData("--target")]
    [InlineData("--target", "broker", "--minutes", "two")]
    [InlineData("--target", "broker", "--seed", "-1")]
    [InlineData("--nonsense", "x")]
    public void Arguments_that_make_no_sense_are_refused(params string[] arguments)
    {
        var (exitCode, output) = Run(arguments);

        Assert.Equal(2, exitCode);
        Assert.StartsWith("fuzz: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_is_written_with_the_line_for_the_corpus()
    {
        var failure = new FuzzFailure("broker", 5, 6, [1, 2, 3], new InvalidOperationException("why"));

        var told = new FailureFile(FuzzTargets.Find("broker")!, _folder).Write(failure, [2]);

        var written = File.ReadAllText(Path.Combine(_folder, "broker-5-6.txt"));
        Assert.Contains("input: 010203", written, StringComparison.Ordinal);
        Assert.Contains("why", written, StringComparison.Ordinal);
        Assert.Contains("smallest: 02", written, StringComparison.Ordinal);
        Assert.Contains("tests/Godwit.Fuzz/Corpus/broker.txt", told, StringComparison.Ordinal);
        Assert.Equal([2], Assert.Single(Corpus.Parse([told.Split('\n')[^1]])).Bytes);
    }

    [Fact]
    public void The_mark_says_which_input_runs()
    {
        var path = Path.Combine(_folder, "x.running");
        using (var mark = new RunningMark(path, seed: 9))
        {
            mark.Set(41);
            mark.Set(42);

            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            Assert.StartsWith("--seed 9 --iteration 42 ", new StreamReader(file).ReadToEnd(), StringComparison.Ordinal);
            Assert.True(mark.Running < TimeSpan.FromMinutes(1));
        }

        Assert.False(File.Exists(path));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (int ExitCode, string Output) Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        return (FuzzCommand.Run([.. arguments, .. arguments is ["--list"] or ["--target"] ? [] : new[] { "--folder", _folder }], output), output.ToString());
    }
}
