using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Godwit.Compare.Overload;

/// <summary>
/// Many clients in a process of their own, which needs as many descriptors as the broker: <c>crowd silent|tls|storm PORT COUNT</c>. It says a line when
/// it has done something, and waits for one before it goes on.
/// </summary>
internal static class Crowd
{
    private const int Lanes = 32;
    private const double StormSeconds = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Plays its part.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var (port, count) = (int.Parse(arguments[1], CultureInfo.InvariantCulture), int.Parse(arguments[2], CultureInfo.InvariantCulture));
        await (arguments[0] switch
        {
            "silent" => SilentAsync(port, count),
            "tls" => TlsAsync(port, count),
            _ => StormAsync(port, count),
        });
        return 0;
    }

    private static async Task SilentAsync(int port, int count)
    {
        var sockets = new Socket?[count];
        await ForAllAsync(count, async (i, ct) => sockets[i] = await MiniClient.OpenAsync(port, ct));
        await SayAsync("ready");
        await Console.In.ReadLineAsync();
        await SayAsync(string.Create(CultureInfo.InvariantCulture, $"open {sockets.Count(socket => !socket!.Poll(0, SelectMode.SelectRead))}"));
    }

    private static async Task TlsAsync(int port, int count)
    {
        var clients = new MiniClient?[count];
        var clock = Stopwatch.StartNew();
        await ForAllAsync(count, async (i, ct) => clients[i] = await MiniClient.ConnectAsync(port, $"idle{i}", ct, isTls: true));
        await SayAsync(string.Create(CultureInfo.InvariantCulture, $"ready {clock.Elapsed.TotalSeconds:0.000}"));
        await Console.In.ReadLineAsync();
        GC.KeepAlive(clients);
    }

    private static async Task StormAsync(int port, int count)
    {
        var clients = new MiniClient?[count];
        await ForAllAsync(count, async (i, ct) =>
        {
            clients[i] = await MiniClient.ConnectAsync(port, $"storm{i}", ct, isClean: false);
            await clients[i]!.SubscribeAsync($"storm/{i}", 1, ct);
        });
        await SayAsync("ready");
        await Console.In.ReadLineAsync();
        foreach (var client in clients)
        {
            client!.Dispose();
        }

        await SayAsync("gone");
        await Console.In.ReadLineAsync();
        var clock = Stopwatch.StartNew();
        var lost = await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => ComeBackAsync(port, i, StormSeconds * i / count, clock))));
        await SayAsync(string.Create(CultureInfo.InvariantCulture, $"back {clock.Elapsed.TotalSeconds:0.000} {lost.Count(isLost => isLost)}"));
        await Console.In.ReadLineAsync();
    }

    /// <summary>One client comes back and takes its message; refused or cut, it tries again as clients do.</summary>
    /// <returns>True: the session or the message is lost, or it could not come in.</returns>
    private static async Task<bool> ComeBackAsync(int port, int number, double atSeconds, Stopwatch clock)
    {
        if (TimeSpan.FromSeconds(atSeconds) - clock.Elapsed is { Ticks: > 0 } early)
        {
            await Task.Delay(early);
        }

        using var time = new CancellationTokenSource(Patience);
        while (!time.IsCancellationRequested)
        {
            try
            {
                var client = await MiniClient.ConnectAsync(port, $"storm{number}", time.Token, isClean: false);
                if (!client.IsSessionPresent)
                {
                    return true;
                }

                var (type, body) = await client.ReceiveAsync(time.Token);
                await client.AcknowledgeAsync(body, time.Token);
                return (type & 0xF0) != 0x30;           // it stays connected
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                await Task.Delay(200);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return true;
    }

    private static Task ForAllAsync(int count, Func<int, CancellationToken, Task> body) => Parallel.ForEachAsync(
        Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = Lanes }, async (i, ct) => await body(i, ct));

    private static async Task SayAsync(string line)
    {
        await Console.Out.WriteLineAsync(line);
        await Console.Out.FlushAsync();
    }
}
