using System.Globalization;

namespace Godwit.Floods.Support;

/// <summary>Times from PUBLISH sent to PUBLISH received, in milliseconds.</summary>
internal sealed class Latencies(IEnumerable<double> milliseconds)
{
    private readonly double[] _sorted = [.. milliseconds.Order()];

    public int Count => _sorted.Length;

    public double P50 => Percentile(0.50);

    public double P99 => Percentile(0.99);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{P50:0.0} / {P99:0.0}");

    private double Percentile(double share) =>
        _sorted.Length == 0 ? 0 : _sorted[Math.Min(_sorted.Length - 1, (int)(share * _sorted.Length))];
}
