using System.Numerics;

namespace Godwit.Bench.Measurement;

/// <summary>
/// Counts values in steps that are 1/1024 of the value or finer, in the manner of HDR histograms: three significant digits from
/// a nanosecond to two hours. Recording allocates nothing. One thread writes; others may read meanwhile and see some value late.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>The largest value that is told apart: 2^43 - 1 ns, 2 h 26 min. Larger ones count as this one; <see cref="Maximum"/> is exact.</summary>
    public const long ValueMax = (1L << ValueBits) - 1;

    private const int ValueBits = 43;
    private const int StepBits = 10;        // 2^10 steps for each power of two
    private const int Size = (ValueBits - StepBits + 1) << StepBits;

    private readonly long[] _counts = new long[Size];

    /// <summary>Number of values.</summary>
    public long Count { get; private set; }

    /// <summary>The largest value; 0 when there is none.</summary>
    public long Maximum { get; private set; }

    /// <summary>Counts one value; a negative one counts as 0.</summary>
    /// <param name="value">Nanoseconds.</param>
    public void Record(long value)
    {
        value = Math.Max(value, 0);
        _counts[IndexOf(Math.Min(value, ValueMax))]++;
        Count++;
        if (value > Maximum)
        {
            Maximum = value;
        }
    }

    /// <summary>Adds all values of another histogram.</summary>
    public void Add(LatencyHistogram other)
    {
        long added = 0;
        var from = other._counts;
        for (var i = 0; i < Size; i++)
        {
            _counts[i] += from[i];
            added += from[i];
        }

        Count += added;
        Maximum = Math.Max(Maximum, other.Maximum);
    }

    /// <summary>The values that were added since an earlier state. The maximum is then known to the width of its step.</summary>
    /// <param name="earlier">This histogram some time ago.</param>
    public LatencyHistogram Since(LatencyHistogram earlier)
    {
        var result = new LatencyHistogram();
        for (var i = 0; i < Size; i++)
        {
            var count = _counts[i] - earlier._counts[i];
            if (count > 0)
            {
                result._counts[i] = count;
                result.Count += count;
                result.Maximum = Math.Min(UpperBound(i), Maximum);
            }
        }

        return result;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Maximum = 0;
    }

    /// <summary>The smallest value that at least this share of all values does not exceed, to three digits; 0 when there is none.</summary>
    /// <param name="share">0.99 for p99.</param>
    public long Quantile(double share)
    {
        var rank = Math.Clamp((long)Math.Ceiling(share * Count), 1, Math.Max(Count, 1));
        long seen = 0;
        for (var i = 0; i < Size; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return Math.Min((LowerBound(i) + UpperBound(i)) / 2, Maximum);
            }
        }

        return Maximum;
    }

    /// <summary>How many values are at least one bound and below another, to the width of a step at each.</summary>
    /// <param name="from">Nanoseconds.</param>
    /// <param name="to">Nanoseconds, above <paramref name="from"/>.</param>
    public long CountBetween(long from, long to)
    {
        long count = 0;
        var last = to > ValueMax ? Size : IndexOf(to);
        for (var i = IndexOf(Math.Clamp(from, 0, ValueMax)); i < last; i++)
        {
            count += _counts[i];
        }

        return count;
    }

    private static int IndexOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value) - StepBits);
        return (shift << StepBits) + (int)(value >> shift);     // the first 2 x 2^10 values have a step each
    }

    private static long LowerBound(int index)
    {
        var shift = Math.Max(0, (index >> StepBits) - 1);
        return (long)(index - (shift << StepBits)) << shift;
    }

    private static long UpperBound(int index) => LowerBound(index) + (1L << Math.Max(0, (index >> StepBits) - 1)) - 1;
}
