using Godwit.Fuzz.Engine;

namespace Godwit.Fuzz.Tests;

/// <summary>A target of which a test knows what it finds.</summary>
internal sealed class FakeTarget : FuzzTarget
{
    private bool _isLate;

    /// <summary>Fails at once when an input contains this.</summary>
    public byte[]? Forbidden { get; init; }

    /// <summary>Shows itself late when an input begins so.</summary>
    public byte? ForbiddenLate { get; init; }

    /// <summary>What every byte of input allocates.</summary>
    public int Waste { get; init; }

    public int Runs { get; private set; }

    public override string Name => "reader-writer";         // the file of which it borrows a corpus

    public override byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus) => random.Bytes(random.Size(200));

    public override long AllocatedBytesMax(int inputSize) => 100 + (10L * inputSize);

    public override void Run(ReadOnlySpan<byte> input)
    {
        Runs++;
        GC.KeepAlive(new byte[Waste * input.Length]);
        _isLate |= !input.IsEmpty && input[0] == ForbiddenLate;
        if (Forbidden is not null && input.IndexOf(Forbidden) >= 0)
        {
            throw new NotSupportedException("as the test wants it");
        }
    }

    public override void CheckLate()
    {
        if (_isLate)
        {
            _isLate = false;
            throw new NotSupportedException("late, as the test wants it");
        }
    }
}
