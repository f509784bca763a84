using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Godwit.Testing.Running;

namespace Godwit.Kills.Brokers;

/// <summary>The process of a broker, killed with SIGKILL and started again on the same port and data directory.</summary>
internal sealed class KilledBroker(BrokerProgram program, string data) : IKillable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private ProgramRun? _run;
    private volatile int _changes;

    /// <inheritdoc/>
    public IPEndPoint EndPoint { get; } = new(IPAddress.Loopback, LowPort.Next());

    /// <inheritdoc/>
    public int Changes => _changes;

    /// <summary>Of the operating system.</summary>
    public int ProcessId { get; private set; }

    /// <summary>It has ended, and not because it was killed.</summary>
    public bool HasEnded => _run is { HasEnded: true };

    /// <summary>What it said on standard error.</summary>
    public string Errors => _run is null ? "" : string.Join('\n', _run.Errors.Lines);

    /// <summary>What it printed, for a failure message.</summary>
    public string Transcript => _run?.Transcript() ?? "not running";

    /// <summary>Waits for a line of its log.</summary>
    /// <returns>The line.</returns>
    public async Task<string> LogsAsync(string words)
    {
        var line = await _run!.Errors.FindAsync(line => line.Contains(words, StringComparison.Ordinal), count: 1, Deadlines.Answer);
        Assert.True(line is not null, $"No '{words}' in the log of {Transcript}");
        return line;
    }

    /// <inheritdoc/>
    public void Start()
    {
        Directory.CreateDirectory(data);
        _run = ProgramRun.Start(program.File, program.Arguments(EndPoint.Port, data));
        ProcessId = _run.ProcessId;
    }

    /// <inheritdoc/>
    public async Task<TimeSpan> ListensAsync(CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await probe.ConnectAsync(EndPoint, ct);
                probe.LingerState = new LingerOption(enable: true, seconds: 0);
                return clock.Elapsed;
            }
            catch (SocketException)
            {
                Assert.False(HasEnded, $"The broker does not start: {Transcript}");
                Assert.True(clock.Elapsed < Patience, $"The broker does not listen: {Transcript}");
                await Task.Delay(2, ct);
            }
        }
    }

    /// <summary>Waits until it has said something on standard error.</summary>
    /// <returns>False: it does not.</returns>
    public async Task<bool> SaysAsync(string words) =>
        await _run!.Errors.FindAsync(line => line.Contains(words, StringComparison.Ordinal), 1, Deadlines.Answer) is not null;

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        _changes++;
        var code = await _run!.EndAsync();
        _changes++;
        return code;
    }

    /// <inheritdoc/>
    public async Task KillAsync()
    {
        Assert.False(HasEnded, $"The broker ended by itself: {Transcript}");
        _changes++;
        await _run!.DisposeAsync();
        _run = null;
        _changes++;
    }

    public async ValueTask DisposeAsync()
    {
        if (_run is not null)
        {
            _changes++;
            await _run.DisposeAsync();
        }
    }
}
