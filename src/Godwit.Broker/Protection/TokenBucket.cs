namespace Godwit.Broker.Protection;

/// <summary>
/// Fills at a rate up to a burst, and is emptied by what happens. It may go below zero: what cannot be divided is let through whole, and the
/// debt is waited for.
/// </summary>
public struct TokenBucket
{
    private double _tokens;
    private long _filledMs;
    private bool _isFilled;

    /// <summary>Whole tokens that are left; none when it is in debt.</summary>
    public readonly long Tokens => (long)Math.Max(0, Math.Floor(_tokens));

    /// <summary>There is not one token.</summary>
    public readonly bool IsEmpty => _tokens < 1;

    /// <summary>Fills it for the time since the last call; the first call fills it to the brim.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="perSecond">Tokens in a second; above 0.</param>
    /// <param name="burst">The brim; at least one token fits.</param>
    public void Fill(long nowMs, double perSecond, double burst)
    {
        var brim = Math.Max(1, burst);
        _tokens = _isFilled ? Math.Min(brim, _tokens + ((nowMs - _filledMs) * perSecond / 1000)) : brim;
        _filledMs = nowMs;
        _isFilled = true;
    }

    /// <summary>Takes tokens, also those that are not there.</summary>
    public void Take(long count) => _tokens -= count;

    /// <summary>Forgets a debt.</summary>
    public void Forgive() => _tokens = Math.Max(0, _tokens);

    /// <summary>Milliseconds until there is a token.</summary>
    /// <param name="perSecond">As in <see cref="Fill"/>.</param>
    public readonly long WaitMs(double perSecond) => IsEmpty ? (long)Math.Ceiling((1 - _tokens) * 1000 / perSecond) : 0;
}
