namespace Godwit.Bench.Plans;

/// <summary>
/// When one publisher sends: message n at the start plus an offset plus n intervals, however late the messages before it were. The
/// publishers of a run are spread over one interval.
/// </summary>
internal sealed class SendSchedule
{
    private readonly double _offsetNs;
    private readonly double _intervalNs;
    private long _startNs;
    private long _next;

    private SendSchedule(double intervalNs, int publisher, int publishers)
    {
        _intervalNs = intervalNs;
        _offsetNs = intervalNs * publisher / publishers;
    }

    /// <summary>When the next message is due; long.MaxValue before <see cref="Start"/>.</summary>
    internal long NextNs { get; private set; } = long.MaxValue;

    /// <summary>The schedule of one publisher; null when the plan has none.</summary>
    internal static SendSchedule? Of(BenchPlan plan, int publisher)
    {
        const double NsPerSecond = 1e9;
        if (plan.OpenLoopRate > 0)
        {
            return new SendSchedule(NsPerSecond * plan.Publishers / plan.OpenLoopRate, publisher, plan.Publishers);
        }

        return plan.RatePerPublisher > 0 ? new SendSchedule(NsPerSecond / plan.RatePerPublisher, publisher, plan.Publishers) : null;
    }

    /// <summary>The time begins; without effect when it has begun.</summary>
    internal void Start(long nowNs)
    {
        if (NextNs == long.MaxValue)
        {
            _startNs = nowNs;
            NextNs = TimeOf(0);
        }
    }

    /// <summary>The next message is sent.</summary>
    internal void Advance() => NextNs = TimeOf(++_next);

    private long TimeOf(long message) => _startNs + (long)(_offsetNs + (message * _intervalNs));
}
