using Godwit.Server.Logging;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests;

public sealed class LogWriterTests
{
    [Fact]
    public void Lines_are_written_in_order_before_the_end()
    {
        var target = new StringWriter();
        using (var writer = new LogWriter(target))
        {
            for (var i = 0; i < 1_000; i++)
            {
                writer.Write($"{i}");
            }
        }

        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"{i}"), target.ToString().Split(Environment.NewLine)[..^1]);
    }

    [Fact]
    public async Task A_blocked_target_costs_lines_and_no_waiting()
    {
        using var target = new BlockedWriter();
        using var writer = new LogWriter(target);

        for (var i = 0; i < LogWriter.LinesMax + 100; i++)
        {
            writer.Write($"{i}");               // would wait for ever if it waited at all
        }

        Assert.InRange(writer.Dropped, 98, 100);    // the writer's thread holds one or two lines itself
        target.Gate.Set();
        await Eventually.IsTrueAsync(() => target.Lines.Contains($"{writer.Dropped} log lines dropped: the log is read too slowly"), "the loss is reported");
    }

    private sealed class BlockedWriter : StringWriter
    {
        private readonly List<string> _lines = [];

        public ManualResetEventSlim Gate { get; } = new();

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public override void WriteLine(string? value)
        {
            Gate.Wait();
            lock (_lines)
            {
                _lines.Add(value!);
            }
        }
    }
}
