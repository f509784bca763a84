using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Godwit.Cli.Terminal;

/// <summary>
/// How far long work is, on standard error: a bar with rate and remaining time on a terminal, a plain line every ten seconds
/// elsewhere. Standard output stays free for results.
/// </summary>
internal static class WorkProgress
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(10);

    /// <summary>Runs the work.</summary>
    /// <param name="title">What is done, a noun phrase.</param>
    /// <param name="total">How many steps there are.</param>
    /// <param name="isQuiet">Show nothing.</param>
    /// <param name="work">Is given a function to call after each step, with what to show behind the title; it may be called by any thread.</param>
    internal static Task<T> RunAsync<T>(string title, int total, bool isQuiet, Func<Action<string>, Task<T>> work)
    {
        if (isQuiet)
        {
            return work(_ => { });
        }

        return Console.IsErrorRedirected ? RunPlainAsync(title, total, work) : RunBarAsync(title, total, work);
    }

    private static Task<T> RunBarAsync<T>(string title, int total, Func<Action<string>, Task<T>> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .AutoClear(enabled: true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: total);
                return await work(detail =>
                {
                    task.Description = Markup.Escape($"{title}: {detail}");
                    task.Increment(1);
                }).ConfigureAwait(false);
            });
    }

    private static Task<T> RunPlainAsync<T>(string title, int total, Func<Action<string>, Task<T>> work)
    {
        var done = 0;
        var lastLine = Stopwatch.GetTimestamp();
        var gate = new Lock();
        return work(detail =>
        {
            lock (gate)
            {
                done++;
                if (Stopwatch.GetElapsedTime(lastLine) >= PlainInterval)
                {
                    lastLine = Stopwatch.GetTimestamp();
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: {done} of {total}, {detail}"));
                }
            }
        });
    }
}
