using System.Text;
using Godwit.Broker.Routing;
using Godwit.Broker.Tests.Harness;

namespace Godwit.Broker.Tests;

/// <summary>The groups of one filter: order, names, and what a reader sees who stands on a group that is taken out.</summary>
public sealed class SharedGroupTableTests
{
    [Fact]
    public void Groups_stand_in_the_order_in_which_they_came()
    {
        var random = new Random(7);
        var table = new SharedGroupTable();
        var model = new List<SharedGroup>();
        for (var step = 0; step < 5_000; step++)
        {
            if (model.Count > 0 && random.Next(100) < 49)
            {
                var leaving = model[random.Next(model.Count)];
                model.Remove(leaving);
                table.Remove(leaving);
            }
            else
            {
                var name = Encoding.UTF8.GetBytes($"{random.Next(500)}");
                var known = model.Find(group => group.ShareName.AsSpan().SequenceEqual(name));
                var group = table.GetOrAdd(name);
                Assert.True(known is null || ReferenceEquals(known, group));
                model.AddRange(known is null ? [group] : []);
            }

            Assert.Equal(model, Walk(table.First));
            Assert.Equal(model.Count == 0, table.IsEmpty);
        }
    }

    [Fact]
    public void Who_stands_on_a_group_that_is_taken_out_walks_on()
    {
        var table = new SharedGroupTable();
        var groups = Enumerable.Range(0, 4).Select(i => table.GetOrAdd([(byte)i])).ToList();

        table.Remove(groups[0]);
        table.Remove(groups[1]);

        Assert.Equal(groups, Walk(groups[0]));
        Assert.Equal(groups[2..], Walk(table.First));
    }

    /// <summary>Each of 20,000 groups is made, found and given up without a walk through the others.</summary>
    [Fact, Spec("MQTT-4.8.2-1", "R52")]
    public void A_client_may_be_in_many_groups_of_one_filter()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client");
        for (var i = 0; i < 20_000; i++)
        {
            client.SendSubscribe([($"$share/{i}/t", (byte)0)]);
        }

        client.ReceivesAll();
        broker.Connect("publisher").Publish("t", "m");

        Assert.Equal(20_000, client.ReceivesAllPublishes().Count);
        client.DropConnection();
        Assert.Equal(0, broker.Core.SubscriptionCount);
    }

    private static List<SharedGroup> Walk(SharedGroup? first)
    {
        var found = new List<SharedGroup>();
        for (var group = first; group is not null; group = group.Next)
        {
            found.Add(group);
        }

        return found;
    }
}
