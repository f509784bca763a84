using System.Diagnostics;
using System.Text;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Interop.Options;

/// <summary>A tool of mosquitto and the command of ours that takes the same options.</summary>
/// <param name="Theirs">The name of the tool.</param>
/// <param name="Ours">The name of the command.</param>
public sealed record ToolPair(string Theirs, string Ours)
{
    public static readonly ToolPair Publishers = new("mosquitto_pub", "pub");

    public static readonly ToolPair Subscribers = new("mosquitto_sub", "sub");

    /// <summary>Runs mosquitto's tool; skips the test when it is missing.</summary>
    public Task<ToolResult> TheirsAsync(IReadOnlyList<string> arguments, string input = "") =>
        RunAsync(Programs.Require(Theirs, "mosquitto-clients"), arguments, input);

    /// <summary>Runs our command.</summary>
    public Task<ToolResult> OursAsync(IReadOnlyList<string> arguments, string input = "") =>
        RunAsync(GodwitProgram.Require(), [Ours, .. arguments], input);

    /// <summary>
    /// Asserts the same exit code; after an end in order also the same output, which with <c>-d</c> means the same lines; after
    /// any other end that both say something on standard error.
    /// </summary>
    public static void AssertSame(ToolResult theirs, ToolResult ours, bool isDebug)
    {
        Assert.True(theirs.ExitCode == ours.ExitCode, $"exit code {ours.ExitCode} instead of {theirs.ExitCode}\n{ours.Output}{ours.Errors}");
        if (!theirs.IsOrderly)
        {
            Assert.NotEmpty(theirs.Errors);
            Assert.NotEmpty(ours.Errors);
        }
        else if (isDebug)
        {
            Assert.Equal(theirs.Lines, ours.Lines);
        }
        else
        {
            Assert.Equal(theirs.Output, ours.Output);
            Assert.Equal(theirs.Errors, ours.Errors);
        }
    }

    private static async Task<ToolResult> RunAsync(string program, IReadOnlyList<string> arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
            StandardErrorEncoding = Encoding.Latin1,
        };
        using var process = Process.Start(start)!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadlines.StartUp);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await FeedAsync(process, input);
            await process.WaitForExitAsync(deadline.Token);

            return new ToolResult(process.ExitCode, await output, await errors);
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task FeedAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(input), TestContext.Current.CancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The tool ended without reading; its exit code says why.
        }
    }
}
