namespace Godwit.Storage.Index;

/// <summary>A set of numbers that come roughly in a row and never leave: one bit a number, and nothing for a stretch that is complete.</summary>
internal sealed class NumberSet
{
    private const int PageShift = 12;
    private const int PageSize = 1 << PageShift;

    private readonly Dictionary<uint, (ulong[]? Bits, int Count)> _pages = [];

    /// <summary>Puts a number in.</summary>
    public void Add(uint number)
    {
        var pageNo = number >> PageShift;
        var (bits, count) = _pages.TryGetValue(pageNo, out var page) ? page : (new ulong[PageSize / 64], 0);
        if (bits is null || (bits[Word(number)] & Bit(number)) != 0)
        {
            return;
        }

        bits[Word(number)] |= Bit(number);
        count++;
        _pages[pageNo] = (count == PageSize ? null : bits, count);
    }

    /// <summary>The number is in it.</summary>
    public bool Contains(uint number) =>
        _pages.TryGetValue(number >> PageShift, out var page) && (page.Bits is null || (page.Bits[Word(number)] & Bit(number)) != 0);

    /// <summary>Empties it.</summary>
    public void Clear() => _pages.Clear();

    private static int Word(uint number) => (int)(number & (PageSize - 1)) >> 6;

    private static ulong Bit(uint number) => 1UL << (int)(number & 63);
}
