using Godwit.Broker.Sessions;

namespace Godwit.Broker.Tests;

/// <summary>The table of sessions against a dictionary.</summary>
public sealed class CompactTableTests
{
    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 3_000)]
    public void It_finds_what_a_dictionary_finds_however_often_items_come_and_go(int seed, int ids)
    {
        var random = new Random(seed);
        var model = new Dictionary<string, Session>(StringComparer.Ordinal);
        var table = new SessionTable();

        for (var step = 0; step < 20_000; step++)
        {
            var id = $"client{random.Next(ids)}";
            if (!model.Remove(id, out var known))
            {
                known = new Session(id, shardIndex: 0);
                model.Add(id, known);
                table.Add(known);
            }
            else
            {
                table.Remove(known);
            }

            var asked = $"client{random.Next(ids)}";
            Assert.Equal(model.TryGetValue(asked, out var expected), table.TryGetValue(asked, out var found));
            Assert.Same(expected, found);
            Assert.Equal(model.Count, table.Count);
        }

        Assert.Equal(model.Values.ToHashSet(), table.All.ToHashSet());
        foreach (var session in model.Values)
        {
            table.Remove(session);
        }

        Assert.Empty(table.All);
    }

    [Fact]
    public void What_is_not_there_is_not_taken_out()
    {
        var table = new SessionTable();
        var session = new Session("a", shardIndex: 0);
        table.Add(session);

        table.Remove(new Session("a", shardIndex: 0));
        table.Remove(new Session("b", shardIndex: 0));

        Assert.Same(session, Assert.Single(table.All));
    }
}
