using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Godwit.Compare.Brokers;

/// <summary>A fresh process of a broker with a directory of its own; both are gone after <see cref="DisposeAsync"/>.</summary>
internal sealed class RunningBroker : IAsyncDisposable
{
    private const int Attempts = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Child _child;
    private readonly string _directory;

    private RunningBroker(Child child, string directory, int port)
    {
        _child = child;
        _directory = directory;
        Port = port;
    }

    /// <summary>Where it listens on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Of the operating system.</summary>
    public int ProcessId => _child.Id;

    /// <summary>When its process was started, for <see cref="Stopwatch.GetElapsedTime(long)"/>.</summary>
    public required long StartedAt { get; init; }

    /// <summary>It ended by itself.</summary>
    public bool HasEnded => _child.HasEnded;

    /// <summary>Starts a broker and waits until it accepts connections.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="tools">Its executable.</param>
    /// <param name="ct">Ends the attempt.</param>
    /// <param name="settings">Of Godwit: <c>Name=Value</c>, besides those of <see cref="CommandLine"/>; null: none.</param>
    /// <param name="wrap">Makes another command line of its command line, which ends in becoming the broker; null: leaves it.</param>
    /// <exception cref="InvalidOperationException">It does not start; the message says what it said.</exception>
    public static async Task<RunningBroker> StartAsync(
        BrokerKind kind,
        Tools tools,
        CancellationToken ct,
        IReadOnlyList<string>? settings = null,
        Func<string, IReadOnlyList<string>, (string File, IReadOnlyList<string> Arguments)>? wrap = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var directory = Directory.CreateTempSubdirectory("godwit-compare-").FullName;
            var port = FreePort();
            var (file, arguments) = CommandLine(kind, tools, port, directory);
            arguments = [.. arguments, .. (settings ?? []).SelectMany(setting => new[] { "--set", setting })];
            (file, arguments) = wrap is null ? (file, arguments) : wrap(file, arguments);
            var startedAt = Stopwatch.GetTimestamp();
            var broker = new RunningBroker(Child.Start(file, arguments), directory, port) { StartedAt = startedAt };
            try
            {
                if (await broker.ListensAsync(ct))
                {
                    return broker;
                }
            }
            catch
            {
                await broker.DisposeAsync();
                throw;
            }

            await broker.DisposeAsync();
            if (attempt == Attempts)        // another program may have taken the port meanwhile, but not five times
            {
                throw new InvalidOperationException($"{BrokerNames.Of(kind)} does not start: {await broker._child.LastWordsAsync()}");
            }
        }
    }

    /// <summary>How a broker is started: queues without limit in all of them, nothing on disk in mosquitto as in Godwit's memory mode.</summary>
    public static (string File, IReadOnlyList<string> Arguments) CommandLine(BrokerKind kind, Tools tools, int port, string directory)
    {
        var number = port.ToString(CultureInfo.InvariantCulture);
        string[] godwit = ["serve", "--port", number, "--bind", "127.0.0.1", "--quiet", "--set", "Limits:QueueBytesMax=1000000000000"];
        switch (kind)
        {
            case BrokerKind.GodwitMemory:
                return (tools.Godwit, [.. godwit, "--durability", "memory"]);

            case BrokerKind.GodwitDurable:
                return (tools.Godwit, [.. godwit, "--data", Path.Combine(directory, "data")]);

            case BrokerKind.Relay:
                return (tools.Relay ?? throw new InvalidOperationException("there is no relay"), [number]);

            default:
                var configuration = Path.Combine(directory, "mosquitto.conf");
                File.WriteAllText(configuration, $"listener {number} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nuser root\n");
                return (tools.Mosquitto, ["-c", configuration]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _child.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<bool> ListensAsync(CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        while (!_child.HasEnded && clock.Elapsed < Patience)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await probe.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port), ct);
                return !_child.HasEnded;
            }
            catch (SocketException)
            {
                await Task.Delay(10, ct);
            }
        }

        return false;
    }

    /// <summary>Below those that the kernel gives to connecting sockets, so that a generator's own connections do not take it.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(12_000, 32_000);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // In use: another one.
            }
        }
    }
}
