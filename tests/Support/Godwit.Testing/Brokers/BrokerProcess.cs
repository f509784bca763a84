using System.Text.RegularExpressions;
using Godwit.Testing.Running;

namespace Godwit.Testing.Brokers;

/// <summary>A <c>godwit serve</c> of its own process, on a free port of the loopback interface.</summary>
public sealed partial class BrokerProcess : IAsyncDisposable
{
    private readonly ProgramRun _run;
    private readonly TemporaryDirectory _directory;

    private BrokerProcess(ProgramRun run, TemporaryDirectory directory, BrokerAddress address)
    {
        _run = run;
        _directory = directory;
        Address = address;
    }

    /// <summary>The plain MQTT listener.</summary>
    public BrokerAddress Address { get; }

    /// <summary>Of the operating system: what the broker costs is read in <c>/proc</c>.</summary>
    public int ProcessId => _run.ProcessId;

    /// <summary>Starts the broker and reads its port from the table of listeners it prints.</summary>
    /// <param name="arguments">Added to <c>serve -p 0</c>.</param>
    public static async Task<BrokerProcess> StartAsync(params string[] arguments)
    {
        var directory = new TemporaryDirectory();
        var run = ProgramRun.Start(
            GodwitProgram.Require(),
            ["serve", "-p", "0", .. arguments],
            new RunOptions { Directory = directory.Path });
        try
        {
            var line = await run.LineAsync(Listener().IsMatch, "listener line", patience: Deadlines.StartUp);
            var port = int.Parse(Listener().Match(line).Groups["port"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

            return new BrokerProcess(run, directory, new BrokerAddress("127.0.0.1", port));
        }
        catch
        {
            await run.DisposeAsync();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Stops the broker by SIGTERM; fails when it had ended before.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            Assert.False(_run.HasEnded, $"The broker ended during the tests: {_run.Transcript()}");
            await _run.TerminateAsync();
        }
        finally
        {
            await _run.DisposeAsync();
            _directory.Dispose();
        }
    }

    [GeneratedRegex(@"\b127\.0\.0\.1:(?<port>[0-9]+)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listener();
}
