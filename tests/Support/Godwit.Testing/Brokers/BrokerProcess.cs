using System.Text.RegularExpressions;
using Godwit.Testing.Running;

namespace Godwit.Testing.Brokers;

/// <summary>A <c>godwit serve</c> of its own process, on a free port.</summary>
public sealed class BrokerProcess : IAsyncDisposable
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

    /// <summary>Starts the broker on the loopback interface.</summary>
    /// <param name="arguments">Added to <c>serve -p 0</c>.</param>
    public static Task<BrokerProcess> StartAsync(params string[] arguments) => StartAtAsync("127.0.0.1", [], arguments);

    /// <summary>Starts the broker and reads its port from the table of listeners it prints.</summary>
    /// <param name="host">The IPv4 address it listens on.</param>
    /// <param name="via">Where that address is; see <see cref="BrokerAddress.Via"/>.</param>
    /// <param name="arguments">Added to <c>serve -p 0</c>.</param>
    public static Task<BrokerProcess> StartAtAsync(string host, IReadOnlyList<string> via, params string[] arguments) =>
        ServeAsync(host, via, ["-p", "0", .. arguments]);

    /// <summary>Starts the broker with a configuration file, which says what it listens on; its first listener is <see cref="Address"/>.</summary>
    /// <param name="file">The path of the file.</param>
    /// <param name="arguments">Added to <c>serve -c FILE</c>.</param>
    public static Task<BrokerProcess> StartConfiguredAsync(string file, params string[] arguments) =>
        ServeAsync("127.0.0.1", [], ["-c", file, .. arguments]);

    private static async Task<BrokerProcess> ServeAsync(string host, IReadOnlyList<string> via, string[] arguments)
    {
        var directory = new TemporaryDirectory();
        var run = ProgramRun.Start(
            GodwitProgram.Require(),
            ["serve", .. arguments],
            new RunOptions
            {
                Via = via,
                Directory = directory.Path,
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_STATE_HOME"] = directory.Path },
            });
        try
        {
            var listener = new Regex($@"\b{Regex.Escape(host)}:(?<port>[0-9]+)\b", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
            var line = await run.LineAsync(listener.IsMatch, "listener line", patience: Deadlines.StartUp);
            var port = int.Parse(listener.Match(line).Groups["port"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

            return new BrokerProcess(run, directory, new BrokerAddress(host, port) { Via = via });
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
}
