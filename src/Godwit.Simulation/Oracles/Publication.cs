namespace Godwit.Simulation.Oracles;

/// <summary>
/// One time that a message reached the broker. It takes effect somewhere in a window: it begins when the bytes are handed in and is over when
/// the broker, having answered, has come to rest. Windows are counted in ticks of the oracle.
/// </summary>
internal sealed class Publication(Message message, long from, long nowMs)
{
    private readonly long _startedMs = nowMs;
    private long _settledMs;
    private long _longerMs;

    public Message Message => message;

    public long From => from;

    public long To { get; private set; } = long.MaxValue;

    /// <summary>The broker has answered for it: it has to have its effect. False: it may have one.</summary>
    public bool IsPromised { get; private set; }

    /// <summary>A packet of the broker has said that it is kept.</summary>
    public bool IsAcknowledged { get; private set; }

    /// <summary>A crash has taken it back: it went to nobody who keeps it, and its publisher repeats it or not.</summary>
    public bool IsLost { get; set; }

    /// <summary>The store was full, and then what cannot be refused is not retained.</summary>
    public bool MayNotBeRetained { get; set; }

    /// <summary>A crash has shown that the retained store no longer holds it, at this tick.</summary>
    public long NotRetainedFrom { get; set; } = long.MaxValue;

    /// <summary>Nothing can come of it any more that has not come: its connection is over, or it was answered.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>When it expires at the earliest; <see cref="long.MaxValue"/> is never.</summary>
    public long ExpiresFromMs { get; private set; } = long.MaxValue;

    public bool IsOpen => To == long.MaxValue;

    /// <summary>How long it lives, once that is known to begin.</summary>
    public void SetExpiry(long milliseconds)
    {
        ExpiresFromMs = _startedMs + milliseconds;
    }

    /// <summary>When it has expired for certain: its time may have begun as late as the broker answered.</summary>
    public long ExpiresToMs(long nowMs) => ExpiresFromMs == long.MaxValue ? long.MaxValue : ExpiresFromMs + _longerMs + ((IsSettled ? _settledMs : nowMs) - _startedMs);

    /// <summary>It has come again, and the first time may have been in vain.</summary>
    public void Reopen()
    {
        IsSettled = false;
        To = long.MaxValue;
    }

    /// <summary>The broker's clock has been moved by a restart. What had expired may be gone, and what is still there lives longer.</summary>
    public void Shift(long milliseconds, long nowMs)
    {
        if (ExpiresFromMs <= nowMs && milliseconds > 0)
        {
            _longerMs += milliseconds;
        }
        else if (ExpiresFromMs != long.MaxValue)
        {
            ExpiresFromMs += milliseconds;
        }
    }

    /// <summary>PUBACK or PUBREC.</summary>
    public void Acknowledge(long nowMs)
    {
        IsAcknowledged = true;
        Promise(nowMs);
    }

    /// <summary>The broker has answered for it.</summary>
    public void Promise(long nowMs)
    {
        if (!IsSettled)
        {
            IsPromised = true;
            Settle(nowMs);
        }
    }

    /// <summary>Its connection is over, or its answer has come: what happens to it happens before the broker comes to rest.</summary>
    public void Settle(long nowMs)
    {
        if (!IsSettled)
        {
            IsSettled = true;
            _settledMs = nowMs;
        }
    }

    /// <summary>The broker is at rest.</summary>
    public void Close(long tick) => To = tick;
}
