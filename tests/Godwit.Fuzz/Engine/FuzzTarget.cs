namespace Godwit.Fuzz.Engine;

/// <summary>One part of the product that takes bytes from the network, and what must hold for all of them.</summary>
internal abstract class FuzzTarget
{
    /// <summary>Lower case with hyphens; also the name of its corpus file.</summary>
    public abstract string Name { get; }

    /// <summary>Corpus files whose entries are inputs of this target; a new entry belongs in the first.</summary>
    public virtual IReadOnlyList<string> CorpusFiles => [Name];

    /// <summary>Seeds that need no file, such as the rows of the golden table.</summary>
    public virtual IEnumerable<CorpusEntry> BuiltInSeeds => [];

    /// <summary>Longest input that is made. A corpus entry may be longer.</summary>
    public virtual int InputBytesMax => 4096;

    /// <summary>How long the tests run it.</summary>
    public virtual int SecondsInTests => 10;

    /// <summary>Feeds the input to the product.</summary>
    /// <param name="input">Any bytes.</param>
    /// <exception cref="Exception">Something is wrong, whatever the type.</exception>
    public abstract void Run(ReadOnlySpan<byte> input);

    /// <summary>Makes an input from nothing but the numbers of <paramref name="random"/> and the entries of the corpus.</summary>
    public abstract byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus);

    /// <summary>Bytes that Run may allocate for an input of this size, its own book-keeping included. Never more than a line: constant + k x size.</summary>
    public abstract long AllocatedBytesMax(int inputSize);

    /// <summary>Bytes allocated so far by what Run does; the difference over a run is what the input cost.</summary>
    public virtual long AllocatedBytes => GC.GetAllocatedBytesForCurrentThread();

    /// <summary>Looks for what shows itself late, such as an exception that nobody observed.</summary>
    /// <exception cref="Exception">One of the inputs since the last call is guilty.</exception>
    public virtual void CheckLate()
    {
    }
}
