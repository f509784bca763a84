using System.Text.Json;
using Godwit.Micro.Running;

namespace Godwit.Micro.Tests;

/// <summary>bench/micro; its times are for readers, not for tests.</summary>
public sealed class MicroCommandTests
{
    [Fact]
    public async Task An_operation_is_timed_and_reported_as_table_and_JSON()
    {
        var file = Path.GetTempFileName();
        using var output = new StringWriter();
        using var progress = new StringWriter();

        var code = await MicroCommand.RunAsync(["--quick", "--json", file, "ParseOperations.Puback"], output, progress);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        File.Delete(file);

        Assert.Equal(MicroCommand.Done, code);
        Assert.Contains("| Parse | PUBACK 5.0 |", output.ToString(), StringComparison.Ordinal);
        Assert.All(json.RootElement.GetProperty("operations").EnumerateArray(), operation => Assert.True(operation.GetProperty("mean_ns").GetDouble() > 0));
        Assert.Contains("ParseOperations", progress.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_prints_the_names_that_a_filter_chooses()
    {
        using var output = new StringWriter();

        Assert.Equal(MicroCommand.Done, await MicroCommand.RunAsync(["--list", "match"], output, TextWriter.Null));

        Assert.Equal(6, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("--fast")]
    [InlineData("--json")]
    [InlineData("no such operation")]
    public async Task What_is_not_understood_is_refused_with_exit_code_2(params string[] arguments)
    {
        using var errors = new StringWriter();

        Assert.Equal(MicroCommand.Usage, await MicroCommand.RunAsync(arguments, TextWriter.Null, errors));
        Assert.StartsWith("bench/micro: ", errors.ToString(), StringComparison.Ordinal);
    }
}
