using System.Net;
using System.Net.Sockets;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Mosquitto.Running;

/// <summary>A broker that was started with an example, and nothing else.</summary>
internal sealed class ExampleBroker : IAsyncDisposable
{
    private BrokerKind _kind;
    private ProgramRun? _run;

    private ExampleBroker(BrokerKind kind, Example example)
    {
        _kind = kind;
        Example = example;
    }

    internal Example Example { get; }

    internal BrokerKind Kind => _kind;

    /// <summary>What the process has printed.</summary>
    internal string Transcript => _run?.Transcript() ?? "not started";

    internal IReadOnlyList<string> Output => _run!.Output.Lines;

    /// <summary>Starts a broker; skips the test when there is no mosquitto.</summary>
    internal static async Task<ExampleBroker> StartAsync(BrokerKind kind, string example)
    {
        var broker = new ExampleBroker(kind, new Example(example));
        try
        {
            await broker.StartAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the process by SIGTERM, as a reboot does, and starts it again with the same files.</summary>
    internal async Task RestartAsync()
    {
        await _run!.TerminateAsync();
        await _run.DisposeAsync();
        await StartAsync();
    }

    /// <summary>Ends Mosquitto, makes a store of its database, and starts our broker with the same files.</summary>
    /// <param name="database">Path of the database, as it stands in the example.</param>
    internal async Task MoveAsync(string database)
    {
        await StopAsync();
        await _run!.DisposeAsync();
        await using (var import = ProgramRun.Start(GodwitProgram.Require(), ["import", "mosquitto", "--database", Example.PathOf(database)]))
        {
            Assert.True(await import.EndAsync(Deadlines.StartUp) == 0, import.Transcript());
        }

        _kind = BrokerKind.Godwit;
        await StartAsync();
    }

    /// <summary>Ends the broker by SIGTERM; fails when it had ended before.</summary>
    internal async Task StopAsync()
    {
        Assert.False(_run!.HasEnded, $"The broker ended during the test: {Transcript}");
        await _run.TerminateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_run is not null)
        {
            await _run.DisposeAsync();
        }

        Example.Dispose();
    }

    private async Task StartAsync()
    {
        _run = _kind == BrokerKind.Mosquitto
            ? ProgramRun.Start(Programs.Require("mosquitto", "mosquitto"), ["-c", Example.ConfigurationFile(_kind)])
            : ProgramRun.Start(GodwitProgram.Require(), ["serve", "-c", Example.ConfigurationFile(_kind)], new RunOptions
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_STATE_HOME"] = Example.PathOf("/var/lib/mosquitto") },
            });
        foreach (var port in Example.Ports)
        {
            await ReachAsync(AddressFamily.InterNetwork, new IPEndPoint(IPAddress.Loopback, port));
        }

        foreach (var path in Example.Sockets)
        {
            await ReachAsync(AddressFamily.Unix, new UnixDomainSocketEndPoint(path));
        }
    }

    private async Task ReachAsync(AddressFamily family, EndPoint endPoint)
    {
        var deadline = DateTime.UtcNow + Deadlines.StartUp;
        while (true)
        {
            using var probe = new Socket(family, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await probe.ConnectAsync(endPoint, CancellationToken.None);
                return;
            }
            catch (SocketException)
            {
                Assert.True(DateTime.UtcNow < deadline && !_run!.HasEnded, $"The broker does not listen on {endPoint}: {Transcript}");
                await Task.Delay(20, CancellationToken.None);           // another process: there is nothing to wait for but time
            }
        }
    }
}
