using Godwit.Broker.Protection;

namespace Godwit.Server.Protection;

/// <summary>Says how scarce memory is; half-way from the second mark to the limit hardly any is left. A mark that was passed is left again five percent below it, so that the answer does not flutter.</summary>
/// <param name="limitBytes">Memory the process may use.</param>
/// <param name="highPercent">The first mark; 0 is never.</param>
/// <param name="criticalPercent">The second mark; 0 is never.</param>
internal sealed class MemoryJudge(long limitBytes, int highPercent, int criticalPercent)
{
    private const int ReturnPercent = 5;

    /// <summary>Memory the process may use.</summary>
    internal long LimitBytes => limitBytes;

    /// <summary>The answer so far.</summary>
    internal OverloadLevel Level { get; private set; }

    /// <summary>Memory was measured.</summary>
    /// <returns>How scarce it is.</returns>
    internal OverloadLevel Judge(long usedBytes)
    {
        Level = criticalPercent > 0 && IsBeyond(usedBytes, (criticalPercent + 100) / 2, Level >= OverloadLevel.Full) ? OverloadLevel.Full
            : IsBeyond(usedBytes, criticalPercent, Level >= OverloadLevel.Critical) ? OverloadLevel.Critical
            : IsBeyond(usedBytes, highPercent, Level >= OverloadLevel.High) ? OverloadLevel.High
            : OverloadLevel.None;
        return Level;
    }

    private bool IsBeyond(long usedBytes, int percent, bool wasBeyond)
    {
        var mark = percent - (wasBeyond ? ReturnPercent : 0);
        return percent > 0 && usedBytes >= (double)limitBytes * mark / 100;
    }
}
