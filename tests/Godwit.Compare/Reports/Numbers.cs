using System.Globalization;

namespace Godwit.Compare.Reports;

/// <summary>Numbers for readers.</summary>
internal static class Numbers
{
    /// <summary>Three digits that count; - for none.</summary>
    public static string Short(double? number) => number switch
    {
        null => "-",
        >= 100 => number.Value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => number.Value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 1 => number.Value.ToString("0.00", CultureInfo.InvariantCulture),
        _ => number.Value.ToString("0.000", CultureInfo.InvariantCulture),
    };
}
