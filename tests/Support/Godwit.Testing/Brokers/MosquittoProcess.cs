using System.Globalization;
using System.Net.Sockets;
using Godwit.Testing.Running;

namespace Godwit.Testing.Brokers;

/// <summary>Debian's <c>mosquitto</c> in a process of its own, on a free port of the loopback interface.</summary>
public sealed class MosquittoProcess : IAsyncDisposable
{
    private readonly ProgramRun _run;
    private readonly TemporaryDirectory _directory;

    private MosquittoProcess(ProgramRun run, TemporaryDirectory directory, BrokerAddress address)
    {
        _run = run;
        _directory = directory;
        Address = address;
    }

    /// <summary>The plain MQTT listener.</summary>
    public BrokerAddress Address { get; }

    /// <summary>Starts mosquitto; skips the test when it is not installed.</summary>
    /// <param name="allowAnonymous">False: every CONNECT is refused as not authorised.</param>
    public static async Task<MosquittoProcess> StartAsync(bool allowAnonymous = true)
    {
        var program = Programs.Require("mosquitto", "mosquitto");
        var directory = new TemporaryDirectory();
        var address = new BrokerAddress("127.0.0.1", FreePort.Next());
        var configuration = directory.Write("mosquitto.conf", string.Create(CultureInfo.InvariantCulture, $"""
            user root
            listener {address.Port} 127.0.0.1
            allow_anonymous {(allowAnonymous ? "true" : "false")}
            sys_interval 1
            persistence false

            """));

        var run = ProgramRun.Start(program, ["-c", configuration]);
        var broker = new MosquittoProcess(run, directory, address);
        try
        {
            await broker.ListensAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>The version that it reports at its start, e.g. <c>2.0.11</c>.</summary>
    public async Task<string> VersionAsync()
    {
        const string Words = "mosquitto version ";
        var line = await _run.Errors.FindAsync(line => line.Contains(Words, StringComparison.Ordinal), 1, Deadlines.StartUp);
        Assert.True(line is not null, $"No version line from {_run.Transcript()}");

        return line[(line.IndexOf(Words, StringComparison.Ordinal) + Words.Length)..].Split(' ')[0];
    }

    /// <summary>Ends the broker.</summary>
    public async ValueTask DisposeAsync()
    {
        await _run.DisposeAsync();
        _directory.Dispose();
    }

    private async Task ListensAsync()
    {
        var deadline = DateTime.UtcNow + Deadlines.StartUp;
        while (true)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(Address.Host, Address.Port, CancellationToken.None);
                return;
            }
            catch (SocketException)
            {
                Assert.True(DateTime.UtcNow < deadline && !_run.HasEnded, $"mosquitto does not listen: {_run.Transcript()}");
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }
}
