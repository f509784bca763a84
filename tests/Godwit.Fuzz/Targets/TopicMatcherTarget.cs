using Godwit.Fuzz.Broker;
using Godwit.Fuzz.Engine;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// Subscribing, unsubscribing, retaining and matching in any order: the broker's tree says what a list says that is searched by
/// <see cref="Models.TopicModel"/>. An input is a program: a byte says what is done, a length how many of the following bytes are the
/// text, and each of those stands for a piece of text. For unsubscribing the length is the number of the subscription.
/// </summary>
internal sealed class TopicMatcherTarget : FuzzTarget
{
    private const int StepsMax = 200;

    /// <summary>What the bytes below 0x80 stand for; the others for themselves.</summary>
    private static readonly string[] Pieces =
    [
        "/", "/", "/", "/", "a", "b", "+", "+", "#", "/+", "/#", "/+/", "$", "$SYS/", "$share/", "$share/g/", "$share/h/", "ab", "a/b", "\u00E6\u00B8\u00A9",
    ];

    private enum Step
    {
        Subscribe,
        Replace,
        Unsubscribe,
        Match,
        Retain,
        Clear,
        MatchRetained,
    }

    public override string Name => "topic-matcher";

    public override int InputBytesMax => 1024;

    /// <summary>A session, a subscription and its nodes for two bytes; a match builds a list for every step.</summary>
    public override long AllocatedBytesMax(int inputSize) => 200_000 + (100_000L * Math.Min(inputSize, 3 * StepsMax));

    public override void Run(ReadOnlySpan<byte> input)
    {
        var world = new TopicWorld();
        for (var steps = 0; input.Length >= 2 && steps < StepsMax; steps++)
        {
            var step = (Step)(input[0] % 7);
            var end = step == Step.Unsubscribe ? 2 : Math.Min(input.Length, 2 + (input[1] % 12));
            Do(world, step, input[1], TextOf(input[2..end]));
            input = input[end..];
        }

        world.Empty();
    }

    public override byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        var program = random.OneIn(4) && corpus.Count > 0 ? random.Pick(corpus).ToList() : [];
        for (var steps = random.Size(60); steps > 0; steps--)
        {
            byte length = (byte)random.Below(8);
            program.AddRange([random.Byte(), length]);
            for (var i = 0; i < length; i++)
            {
                program.Add(random.OneIn(50) ? random.Byte() : (byte)random.Below(Pieces.Length));
            }
        }

        if (random.OneIn(4))
        {
            ByteMutator.Mutate(program, random, corpus);
        }

        return [.. program];
    }

    private static void Do(TopicWorld world, Step step, int number, string text)
    {
        switch (step)
        {
            case Step.Subscribe or Step.Replace:
                world.Subscribe(text, mayReplace: step == Step.Replace);
                break;

            case Step.Unsubscribe:
                world.Unsubscribe(number);
                break;

            case Step.Match:
                world.Match(text);
                break;

            case Step.Retain:
                world.Retain(text);
                break;

            case Step.Clear:
                world.Clear(text);
                break;

            default:
                world.MatchRetained(text);
                break;
        }
    }

    private static string TextOf(ReadOnlySpan<byte> bytes)
    {
        var text = new System.Text.StringBuilder();
        foreach (var single in bytes)
        {
            text.Append(single < 0x80 ? Pieces[single % Pieces.Length] : ((char)single).ToString());
        }

        return text.ToString();
    }
}
