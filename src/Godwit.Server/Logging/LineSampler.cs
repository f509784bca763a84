namespace Godwit.Server.Logging;

/// <summary>Lets so many lines of a kind through each second, and counts the rest: what a client can cause at will must not fill a disk.</summary>
/// <param name="perSecond">Lines in one second.</param>
internal sealed class LineSampler(int perSecond)
{
    private readonly Lock _lock = new();
    private long _second = long.MinValue;
    private int _count;
    private long _hidden;

    /// <summary>A line is to be written now. Any thread.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="hidden">Lines that were not let through since one was; 0 unless this one is the first of its second.</param>
    /// <returns>False: do not write it.</returns>
    internal bool TryTake(long nowMs, out long hidden)
    {
        lock (_lock)
        {
            hidden = 0;
            if (nowMs / 1000 != _second)
            {
                (_second, _count) = (nowMs / 1000, 0);
                (hidden, _hidden) = (_hidden, 0);
            }

            if (_count >= perSecond)
            {
                _hidden++;
                return false;
            }

            _count++;
            return true;
        }
    }
}
