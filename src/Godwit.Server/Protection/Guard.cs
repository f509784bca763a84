using Godwit.Broker;
using Godwit.Broker.Protection;
using Godwit.Protocol.ReasonCodes;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Protection;

/// <summary>Everything by which a running broker protects itself, as <see cref="ProtectionOptions"/> says it; rules can be exchanged at any time.</summary>
public sealed class Guard : IDisposable
{
    /// <summary>The interval in milliseconds is the limit by this: a flood of a gigabyte a second fills a tenth of the limit between two measures.</summary>
    private const long BytesPerMs = 10_000_000;

    private const int MeasureMsMin = 20;
    private const int MeasureMsMax = 500;

    /// <summary>From this part of the limit on the shortest interval holds.</summary>
    private const int NearPercent = 40;

    private static readonly TimeSpan ReportInterval = TimeSpan.FromMinutes(1);

    /// <summary>While memory is scarce a collection is asked for this often: what is garbage must not count.</summary>
    private static readonly TimeSpan CollectInterval = TimeSpan.FromSeconds(2);

    private readonly BrokerCore _core;
    private readonly ILogger _logger;
    private readonly Gate _gate;
    private readonly Func<long> _measure;
    private readonly Lock _lock = new();
    private readonly Timer? _measuring;
    private readonly Timer? _reporting;
    private MemoryJudge _judge = new(long.MaxValue, 0, 0);
    private BrokerCounters _reported = new();
    private long _collectedAt;
    private bool _isNear;
    private bool _isStopped;

    private Guard(BrokerCore core, GuardRules rules, ILogger logger, TimeProvider time, Func<long> measure, bool isTimed)
    {
        (_core, _logger, _measure, Rules) = (core, logger, measure, rules);
        _gate = new Gate(logger, time, core.CountAtDoor);
        Apply(rules);
        core.Admission = _gate;
        if (isTimed)
        {
            _measuring = new Timer(_ => Measure(), state: null, Interval, Interval);
            _reporting = new Timer(_ => Report(), state: null, ReportInterval, ReportInterval);
        }
    }

    /// <summary>What it goes by now.</summary>
    public GuardRules Rules { get; private set; }

    /// <summary>Begins to protect a broker that has no clients yet.</summary>
    /// <exception cref="FormatException">The bans cannot be read; the message has all that is wrong.</exception>
    public static Guard Start(BrokerCore core, ProtectionOptions options, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(core);
        return new Guard(core, GuardRules.Read(options), logger, TimeProvider.System, MemoryMeter.UsedBytes, isTimed: true);
    }

    /// <summary>The same for tests, which measure and tell the time themselves.</summary>
    internal static Guard Start(BrokerCore core, ProtectionOptions options, ILogger logger, TimeProvider time, Func<long> measure) =>
        new(core, GuardRules.Read(options), logger, time, measure, isTimed: false);

    /// <summary>From now on these rules hold. Who is connected and now banned is disconnected.</summary>
    public void Apply(GuardRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var options = rules.Options;
        _gate.Apply(rules);
        if (rules.Bans.Count > 0)
        {
            _core.Disconnect(_gate.IsBanned, DisconnectReasonCode.AdministrativeAction, "banned");
        }

        var rates = new ClientRates
        {
            PublishesPerSecond = options.PublishesPerSecond,
            ReceivedBytesPerSecond = options.ReceivedBytesPerSecond,
            DeliveriesPerSecond = options.DeliveriesPerSecond,
            SentBytesPerSecond = options.SentBytesPerSecond,
            BurstSeconds = options.BurstSeconds,
            IsReportOnly = options.ReportOnly,
        };
        _core.Rates = rates.PublishesPerSecond + rates.ReceivedBytesPerSecond + rates.DeliveriesPerSecond + rates.SentBytesPerSecond > 0 ? rates : null;
        var quotas = new UserQuotas
        {
            SessionsMax = options.SessionsPerUser,
            SubscriptionsMax = options.SubscriptionsPerUser,
            RetainedMax = options.RetainedPerUser,
            QueuedBytesMax = options.QueuedBytesPerUser,
            IsReportOnly = options.ReportOnly,
        };
        _core.Quotas = quotas.AreAny ? quotas : null;
        lock (_lock)
        {
            Rules = rules;
            var limit = options.MemoryBytesMax > 0 ? options.MemoryBytesMax : MemoryMeter.DefaultLimitBytes;
            _judge = new MemoryJudge(limit, options.MemoryHighPercent, options.MemoryCriticalPercent);
            SetTimer();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isStopped = true;              // a timer may be about to call: the broker it would tell is going
            _measuring?.Dispose();
            _reporting?.Dispose();
        }
    }

    /// <summary>Looks how much memory is in use.</summary>
    internal void Measure()
    {
        lock (_lock)
        {
            if (_isStopped)
            {
                return;
            }

            var used = _measure();
            var before = _judge.Level;
            var level = _judge.Judge(used);
            _core.SetOverload(level);
            if (level != before)
            {
                Tell(level, used);
            }

            SetPace(used >= _judge.LimitBytes / 100.0 * NearPercent);
            if (level != OverloadLevel.None && _measuring is not null && Environment.TickCount64 - _collectedAt >= CollectInterval.TotalMilliseconds)
            {
                _collectedAt = Environment.TickCount64;
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Optimized, blocking: false);
            }
        }
    }

    /// <summary>Tells what was decided since the last time. Once a minute.</summary>
    internal void Report()
    {
        var now = _core.SumCounters();
        var decisions = ReasonCounts.Describe<ProtectionReason>(_reported.Protected, now.Protected, _reported.ProtectedByQoS, now.ProtectedByQoS);
        _reported = now;
        if (decisions.Length > 0)
        {
            ProtectionLog.Decisions(_logger, decisions);
        }
    }

    private long Interval => _isNear ? MeasureMsMin : Math.Clamp(_judge.LimitBytes / BytesPerMs, MeasureMsMin, MeasureMsMax);

    private void SetPace(bool isNear)
    {
        if (isNear != _isNear)
        {
            _isNear = isNear;
            SetTimer();
        }
    }

    private void SetTimer()
    {
        if (!_isStopped)
        {
            _measuring?.Change(Interval, Interval);
        }
    }

    private void Tell(OverloadLevel level, long used)
    {
        switch (level)
        {
            case OverloadLevel.Critical:
                ProtectionLog.MemoryCritical(_logger, used, _judge.LimitBytes);
                break;

            case OverloadLevel.High:
                ProtectionLog.MemoryHigh(_logger, used, _judge.LimitBytes);
                break;

            default:
                ProtectionLog.MemoryNormal(_logger, used, _judge.LimitBytes);
                break;
        }
    }
}
