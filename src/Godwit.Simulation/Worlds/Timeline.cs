namespace Godwit.Simulation.Worlds;

/// <summary>Virtual time: events run one after another, by their time and then in the order in which they were planned.</summary>
internal sealed class Timeline
{
    private readonly PriorityQueue<Action, (long AtMs, long Order)> _events = new();
    private long _order;

    /// <summary>Milliseconds; begins at an odd number so that nothing relies on zero.</summary>
    public long NowMs { get; private set; } = 1_234_567;

    /// <summary>Events that have run.</summary>
    public long Steps { get; private set; }

    /// <summary>Plans an event, at the earliest for now.</summary>
    public void At(long atMs, Action call) => _events.Enqueue(call, (Math.Max(atMs, NowMs), _order++));

    /// <summary>Plans an event in so many milliseconds.</summary>
    public void In(long delayMs, Action call) => At(NowMs + delayMs, call);

    /// <summary>Runs all events up to a time, which is now afterwards.</summary>
    public void RunUntil(long untilMs)
    {
        while (_events.TryPeek(out var call, out var key) && key.AtMs <= untilMs)
        {
            _events.Dequeue();
            NowMs = key.AtMs;
            Steps++;
            call();
        }

        NowMs = untilMs;
    }
}
