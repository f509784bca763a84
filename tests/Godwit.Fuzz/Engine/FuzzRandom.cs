namespace Godwit.Fuzz.Engine;

/// <summary>
/// Random numbers (xorshift64*) that depend on a seed and an iteration and nothing else, on every machine and in every version of .NET:
/// who knows both has the input.
/// </summary>
internal sealed class FuzzRandom
{
    private ulong _state;

    public FuzzRandom(ulong seed, ulong iteration)
    {
        _state = Mix(Mix(seed) + iteration);
        if (_state == 0)
        {
            _state = 1;                 // the one state from which xorshift never leaves
        }
    }

    public uint Next()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return (uint)((_state * 0x2545F4914F6CDD1D) >> 32);
    }

    /// <summary>0 to <paramref name="count"/> - 1; 0 when there is nothing to choose from.</summary>
    public int Below(int count) => count <= 1 ? 0 : (int)(((ulong)Next() * (uint)count) >> 32);

    /// <summary>Both ends included.</summary>
    public int Between(int first, int last) => first + Below(last - first + 1);

    public bool OneIn(int count) => Below(count) == 0;

    public byte Byte() => (byte)Next();

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = Byte();
        }

        return bytes;
    }

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>1 to <paramref name="largest"/>, each power of two as likely as the next: mostly small, sometimes large.</summary>
    public int Size(int largest)
    {
        var bits = Below(1 + System.Numerics.BitOperations.Log2((uint)largest));
        return Math.Min(largest, 1 + Below(1 << (bits + 1)));
    }

    /// <summary>SplitMix64: neighbouring numbers become unrelated ones.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
