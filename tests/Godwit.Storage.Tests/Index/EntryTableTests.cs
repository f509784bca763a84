using System.Runtime.CompilerServices;
using Godwit.Storage.Index;

namespace Godwit.Storage.Tests.Index;

/// <summary>Entries by id against a plain dictionary.</summary>
public sealed class EntryTableTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void It_does_what_a_dictionary_does(int seed)
    {
        var random = new Random(seed);
        var table = new EntryTable();
        var model = new SortedDictionary<long, int>();
        var next = 2L;
        for (var step = 0; step < 20_000; step++)
        {
            var isGrowing = step / 4_000 % 2 == 0;
            if (random.Next(10) < (isGrowing ? 7 : 3))
            {
                next += random.Next(20) == 0 ? random.Next(1_000) : 1;
                var id = random.Next(30) == 0 ? random.NextInt64(2, next + 1) : next;
                if (model.TryAdd(id, step))
                {
                    table.Add(id, Entry.Message(step));
                }
            }
            else if (model.Count > 0)
            {
                var id = random.Next(3) > 0 ? model.Keys.First() : model.Keys.ElementAt(random.Next(model.Count));
                model.Remove(id);
                table.Remove(id);
            }

            var asked = random.NextInt64(2, next + 2);
            Assert.Equal(model.ContainsKey(asked), table.Contains(asked));
        }

        Assert.Equal(model.Count, table.Count);
        Assert.Equal(model.Keys, table.Ids);
        Assert.All(model, pair => Assert.Equal(pair.Value, table.Find(pair.Key).CostBytes));
        Assert.True(Unsafe.IsNullRef(ref table.Find(next + 1)));
    }

    [Fact]
    public void Entries_that_outlive_their_neighbours_take_little_room()
    {
        var table = new EntryTable();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var id = 0L; id < 1_000_000; id++)
        {
            table.Add(id, Entry.Message(1));
            if (id >= 1_000 && (id - 1_000) % 64 != 0)
            {
                table.Remove(id - 1_000);
            }
        }

        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(bytes / table.Count, 1, 600);
        Assert.InRange(table.Count, 15_000, 17_000);
    }

    [Fact]
    public void A_queue_that_moves_on_allocates_nothing()
    {
        var table = new EntryTable();
        var id = 2L;
        Move(100_000);

        Assert.Equal(0, Allocations.Least(() => Move(100_000)));

        void Move(int count)
        {
            for (var i = 0; i < count; i++, id++)
            {
                table.Add(id, Entry.Message(1));
                if (id >= 10_000)
                {
                    table.Remove(id - 9_990);
                }
            }
        }
    }
}
