using System.Text;
using Godwit.Fuzz.Engine;

namespace Godwit.Fuzz.Targets;

/// <summary>What most targets that read text or short messages have in common: inputs are made of words that mean something there.</summary>
internal abstract class TextTarget : FuzzTarget
{
    public override int InputBytesMax => 1024;

    /// <summary>A reader is small and its target fast: there a second sees what takes a broker ten.</summary>
    public override int SecondsInTests => 1;

    /// <summary>What stands in an input; a word that stands here twice is as much more likely.</summary>
    protected abstract IReadOnlyList<string> Words { get; }

    /// <summary>How many words an input has at most.</summary>
    protected virtual int WordsMax => 60;

    public override byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        var text = !random.OneIn(4) && corpus.Count > 0 ? random.Pick(corpus).ToList() : [];
        if (text.Count == 0 || random.OneIn(4))
        {
            for (var words = random.Size(WordsMax); words > 0; words--)
            {
                text.AddRange(Encoding.UTF8.GetBytes(random.Pick(Words)));
            }
        }

        for (var words = random.Below(4); words > 0; words--)
        {
            text.InsertRange(random.Below(text.Count + 1), Encoding.UTF8.GetBytes(random.Pick(Words)));
        }

        if (random.OneIn(2))
        {
            ByteMutator.Mutate(text, random, corpus);
        }

        return [.. text];
    }

    protected static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(what);
        }
    }
}
