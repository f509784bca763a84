using System.Text.RegularExpressions;
using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary>The examples of docs/permissions.md: each set of rules answers the questions below it with the lines that the page shows.</summary>
public sealed partial class PermissionsPageTests
{
    private const int Examples = 5;

    [Fact]
    public async Task Every_question_of_the_page_has_the_answer_that_stands_there()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot(), "docs", "permissions.md"));
        var examples = Example().Matches(page);
        Assert.Equal(Examples, examples.Count);

        foreach (Match example in examples)
        {
            var folder = Directory.CreateTempSubdirectory("godwit-page-").FullName;
            var name = example.Groups["kind"].Value is "json" ? "godwit.json" : "acl";
            await File.WriteAllTextAsync(Path.Combine(folder, name), example.Groups["rules"].Value);
            foreach (Match question in Question().Matches(example.Groups["console"].Value))
            {
                using var run = GodwitProcess.StartByShell($"cd {folder} && \"$0\" {question.Groups["words"].Value}");
                var exitCode = await run.ExitAsync();

                Assert.Equal(question.Groups["answer"].Value + "\n", run.Output.Replace(folder + "/", "", StringComparison.Ordinal) + run.Errors);
                Assert.Equal(run.Output.StartsWith("allowed", StringComparison.Ordinal) ? 0 : 1, exitCode);
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Godwit.slnx")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"```(?<kind>json|acl)\n(?<rules>[^`]*)```\n\n```console\n(?<console>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Example();

    [GeneratedRegex(@"\$ godwit (?<words>.*)\n(?<answer>.*)\n", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Question();
}
