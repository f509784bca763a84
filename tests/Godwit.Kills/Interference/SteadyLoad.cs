using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Godwit.Kills.Interference;

/// <summary>Messages at a fixed rate on several connections in turn: what comes late is waited for by nobody, and is seen as it is.</summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private const int Connections = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<SteadyPublisher> _publishers;
    private readonly Thread _thread;
    private readonly double _perSecond;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _receiving;
    private Exception? _fault;
    private volatile bool _isStopping;

    private SteadyLoad(IReadOnlyList<SteadyPublisher> publishers, double perSecond)
    {
        (_publishers, _perSecond) = (publishers, perSecond);
        _receiving = [.. publishers.Select(publisher => publisher.ReceiveAsync(_stop.Token))];
        _thread = new Thread(Send) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Microseconds of each PUBACK that was measured; complete after <see cref="EndAsync"/>.</summary>
    public IEnumerable<int> Latencies => _publishers.SelectMany(publisher => publisher.Latencies);

    /// <summary>Topic of the connection of this number.</summary>
    public static string Topic(string name, int number) => string.Create(CultureInfo.InvariantCulture, $"{name}/{number}");

    /// <summary>The topics of a share of the connections, at their beginning.</summary>
    public static IEnumerable<string> Topics(string name, double share) => Enumerable.Range(0, (int)(Connections * share)).Select(number => Topic(name, number));

    /// <summary>Connects, and begins.</summary>
    public static async Task<SteadyLoad> StartAsync(IPEndPoint broker, string name, double perSecond, int payloadBytes, CancellationToken ct)
    {
        var publishers = new List<SteadyPublisher>();
        for (var number = 0; number < Connections; number++)
        {
            publishers.Add(await SteadyPublisher.ConnectAsync(broker, Topic(name, number), Topic(name, number), payloadBytes, ct));
        }

        return new SteadyLoad(publishers, perSecond);
    }

    /// <summary>Sends no more, and waits for what is open.</summary>
    public async Task EndAsync()
    {
        _isStopping = true;
        await Task.Run(_thread.Join);
        var clock = Stopwatch.StartNew();
        while (_publishers.Any(publisher => publisher.Open > 0))
        {
            var ended = _receiving.Find(receiving => receiving.IsCompleted)?.Exception?.GetBaseException() ?? _fault;
            Assert.True(ended is null && clock.Elapsed < Patience, $"{_publishers.Sum(publisher => publisher.Open)} messages were not acknowledged: {ended?.Message}");
            await Task.Delay(5);
        }

        Assert.Null(_fault);
    }

    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        await _stop.CancelAsync();
        foreach (var receiving in _receiving)
        {
            await receiving.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        foreach (var publisher in _publishers)
        {
            publisher.Dispose();
        }

        _stop.Dispose();
    }

    private void Send()
    {
        try
        {
            var clock = Stopwatch.StartNew();
            for (var sent = 0L; !_isStopping; Thread.Sleep(1))
            {
                for (var due = (long)(clock.Elapsed.TotalSeconds * _perSecond); sent < due && !_isStopping; sent++)
                {
                    _publishers[(int)(sent % _publishers.Count)].Publish();
                }
            }
        }
#pragma warning disable CA1031 // Told to whoever waits for the end.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _fault = fault;
        }
    }
}
