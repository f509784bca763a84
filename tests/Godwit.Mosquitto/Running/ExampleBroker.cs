using System.Net;
using System.Net.Sockets;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Mosquitto.Running;

/// <summary>A broker that was started with an example, and nothing else.</summary>
internal sealed class ExampleBroker : IAsyncDisposable
{
    private readonly BrokerKind _kind;
    private ProgramRun? _run;

    private ExampleBroker(BrokerKind kind, Example example)
    {
        _kind = kind;
        Example = example;
    }

    internal Example Example { get; }

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
            ? ProgramRun.Start(Programs.Require("mosquitto", "mosquitto"), ["-c", Example.ConfigurationFile])
            : ProgramRun.Start(GodwitProgram.Require(), ["serve", "-c", Example.ConfigurationFile], new RunOptions
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
