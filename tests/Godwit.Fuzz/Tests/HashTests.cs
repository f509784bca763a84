using System.Runtime.CompilerServices;
using System.Text;
using Godwit.Broker.Routing;
using Godwit.Broker.Sessions;
using Godwit.Protocol;
using Godwit.Protocol.Topics;

namespace Godwit.Fuzz.Tests;

/// <summary>
/// 50,000 topic levels that were chosen to collide. Not time is measured but steps: how many places of an open-addressing table are looked
/// at before a free one is found.
/// </summary>
public sealed class HashTests
{
    private const int KeyCount = 50_000;

    /// <summary>A table that is three quarters full takes 2.5 looks on average when the hash is good (Knuth, linear probing).</summary>
    private const double LooksMax = 5;

    private delegate int Hash(ReadOnlySpan<byte> bytes);

    public static TheoryData<string> Attacks => ["times 31", "FNV-1a", "numbered", "numbered, odd"];

    [Theory, Spec("Hostile-61")]
    [InlineData("times 31")]
    [InlineData("FNV-1a")]
    public void A_hash_without_a_key_can_be_made_to_collide(string attack)
    {
        var keys = KeysOf(attack)[..4000];

        var looks = LooksOf(keys, attack == "FNV-1a" ? Fnv1a : Times31);

        Assert.InRange(looks, keys.Count / 4, keys.Count);          // as many as there are keys in the table
    }

    [Theory, MemberData(nameof(Attacks)), Spec("Hostile-61")]
    public void The_keyed_hash_is_not_impressed(string attack) => Assert.InRange(LooksOf(KeysOf(attack), Utf8Hash.Of), 1, LooksMax);

    [Theory, MemberData(nameof(Attacks)), Spec("Hostile-61")]
    public void Levels_of_the_topic_tree_stand_where_they_are_looked_for(string attack)
    {
        var tree = new TopicTree();
        foreach (var key in KeysOf(attack))
        {
            Assert.True(TopicFilter.TryParse(key, out var filter));
            tree.Subscribe(new Subscription { Session = new Session("s", shardIndex: 0), Filter = key, QoS = QoS.AtMostOnce }, filter, replaced: null);
        }

        var table = TableOf(Root(tree).Children!)!;
        var looks = table.Select((node, place) => node is null ? 0 : 1 + ((place - Utf8Hash.Of(node.Level)) & (table.Length - 1))).ToList();

        Assert.Equal(KeyCount, looks.Count(look => look > 0));
        Assert.InRange((double)looks.Sum() / KeyCount, 1, LooksMax);
    }

    private static List<byte[]> KeysOf(string attack) => attack switch
    {
        "times 31" => Multicollision([.. "Aa"u8], [.. "BB"u8]),
        "FNV-1a" => FnvMulticollision(),
        "numbered" => Numbered(i => $"{i:x8}"),
        _ => Numbered(i => $"{i / 75:x6}{(char)('0' + (i % 75))}"),         // an odd number of bytes, of which the last one differs
    };

    private static List<byte[]> Numbered(Func<int, string> name) =>
        [.. Enumerable.Range(0, KeyCount).Select(i => Encoding.ASCII.GetBytes(name(i)))];

    /// <summary>Sixteen blocks, each one of two that mean the same to the hash: 65,536 names with one hash.</summary>
    private static List<byte[]> Multicollision(params byte[][] pair) => Multicollision([.. Enumerable.Repeat((pair[0], pair[1]), 16)]);

    private static List<byte[]> Multicollision(List<(byte[] A, byte[] B)> blocks) =>
        [.. Enumerable.Range(0, KeyCount).Select(i => blocks.SelectMany((block, bit) => (i >> bit & 1) == 0 ? block.A : block.B).ToArray())];

    /// <summary>For each of 16 blocks two that lead from the same state to the same state; a birthday search finds them in a moment.</summary>
    private static List<byte[]> FnvMulticollision()
    {
        var blocks = new List<(byte[], byte[])>();
        var state = 2_166_136_261;
        while (blocks.Count < 16)
        {
            var seen = new Dictionary<uint, byte[]>();
            for (var number = 0; ; number++)
            {
                var block = Encoding.ASCII.GetBytes($"{number:x6}");
                var next = block.Aggregate(state, Step);
                if (!seen.TryAdd(next, block))
                {
                    blocks.Add((seen[next], block));
                    state = next;
                    break;
                }
            }
        }

        return Multicollision(blocks);
    }

    private static uint Step(uint hash, byte single) => (hash ^ single) * 16_777_619;

    private static int Fnv1a(ReadOnlySpan<byte> bytes)
    {
        var hash = 2_166_136_261;
        foreach (var single in bytes)
        {
            hash = Step(hash, single);
        }

        return (int)hash;
    }

    private static int Times31(ReadOnlySpan<byte> bytes)
    {
        var hash = 0;
        foreach (var single in bytes)
        {
            hash = (31 * hash) + single;
        }

        return hash;
    }

    /// <summary>Looks for a free place, on average, in a table that is three quarters full at the end.</summary>
    private static double LooksOf(List<byte[]> keys, Hash hash)
    {
        var table = new bool[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)keys.Count + 1)];
        var count = Math.Min(keys.Count, table.Length * 3 / 4);
        var looks = 0L;
        for (var i = 0; i < count; i++)
        {
            var place = hash(keys[i]) & (table.Length - 1);
            for (looks++; table[place]; looks++)
            {
                place = (place + 1) & (table.Length - 1);
            }

            table[place] = true;
        }

        return (double)looks / count;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_root")]
    private static extern ref TopicNode Root(TopicTree tree);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_table")]
    private static extern ref TopicNode?[]? TableOf(TopicChildren children);
}
