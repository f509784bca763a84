using System.Text;

namespace Godwit.Protocol.Tests.Data;

/// <summary>Names are compared as bytes, also by a span inside a larger buffer.</summary>
public sealed class Utf8ComparerTests
{
    private static readonly string[] Names = ["", "a", "b", "ab", "ba", "abc", "abd", "A", "ä", "a\u0308", "\uFEFFa", "a/b/c/d/e"];

    [Fact, Spec("MQTT-4.7.3-4", "MQTT3-4.7.3-4", "MQTT-1.5.4-3", "MQTT3-1.5.3-3")]
    public void A_name_is_found_by_its_bytes_and_by_no_other()
    {
        var table = new Dictionary<byte[], string>(Utf8Comparer.Instance);
        foreach (var name in Names)
        {
            table.Add(Encoding.UTF8.GetBytes(name), name);
        }

        var lookup = table.GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach (var name in Names)
        {
            var utf8 = Encoding.UTF8.GetBytes(name);
            byte[] inside = [0xFF, .. utf8, 0xFF];
            Assert.Equal(name, table[utf8]);
            Assert.Equal(name, lookup[inside.AsSpan(1, utf8.Length)]);
        }

        Assert.False(lookup.TryGetValue("B"u8, out _));
    }

    [Fact]
    public void A_hash_depends_on_content_only_and_seldom_collides()
    {
        var hashes = new HashSet<int>();
        for (var i = 0; i < 10_000; i++)
        {
            byte[] name = [.. Encoding.UTF8.GetBytes($"client-{i}")];
            Assert.Equal(Utf8Hash.Of(name), Utf8Hash.Of(new ReadOnlySpan<byte>([0, .. name], 1, name.Length)));
            hashes.Add(Utf8Hash.Of(name));
        }

        Assert.InRange(hashes.Count, 9_990, 10_000);
    }
}
