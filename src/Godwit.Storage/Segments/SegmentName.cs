using System.Globalization;

namespace Godwit.Storage.Segments;

/// <summary>The names of segment files: <c>hot-0000000000000001.seg</c>, <c>cold-...</c>, <c>pool-1.seg</c>, and copies of damaged ones.</summary>
internal static class SegmentName
{
    public const string PoolPrefix = "pool-";
    public const string QuarantinePrefix = "quarantine-";
    private const string Suffix = ".seg";
    private const int Digits = 16;

    public static string Of(Generation generation, uint segNo) =>
        string.Create(CultureInfo.InvariantCulture, $"{PrefixOf(generation)}{segNo:x16}{Suffix}");

    public static string OfPool(int number) => string.Create(CultureInfo.InvariantCulture, $"{PoolPrefix}{number}{Suffix}");

    /// <summary>The number in the name of a segment of this generation; above 0.</summary>
    public static bool TryParse(string name, Generation generation, out uint segNo)
    {
        segNo = 0;
        var prefix = PrefixOf(generation);
        return name.Length == prefix.Length + Digits + Suffix.Length
            && uint.TryParse(name.AsSpan(prefix.Length, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out segNo)
            && segNo > 0
            && name.Equals(Of(generation, segNo), StringComparison.Ordinal);
    }

    /// <summary>The number in the name of a file of the pool.</summary>
    public static bool TryParsePool(string name, out int number)
    {
        number = 0;
        return name.StartsWith(PoolPrefix, StringComparison.Ordinal)
            && name.EndsWith(Suffix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(PoolPrefix.Length, name.Length - PoolPrefix.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && name.Equals(OfPool(number), StringComparison.Ordinal);
    }

    private static string PrefixOf(Generation generation) => generation == Generation.Hot ? "hot-" : "cold-";
}
