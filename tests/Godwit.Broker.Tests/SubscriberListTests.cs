using Godwit.Broker.Routing;
using Godwit.Broker.Sessions;
using Godwit.Protocol;

namespace Godwit.Broker.Tests;

/// <summary>The list of subscriptions that readers walk while it changes: order, gaps, and how it closes them.</summary>
public sealed class SubscriberListTests
{
    [Fact]
    public void Subscriptions_stand_in_the_order_in_which_they_came()
    {
        var all = Make(100);

        var list = AddAll(null, all);

        Assert.Equal(all, Walk(list!));
        Assert.Equal((100, 100), (list!.Count, list.Live));
    }

    [Fact]
    public void A_replaced_subscription_keeps_its_place()
    {
        var all = Make(5);
        var list = AddAll(null, all)!;
        var replacement = Make(1)[0];

        list.Replace(all[2], replacement);

        Assert.Equal([all[0], all[1], replacement, all[3], all[4]], Walk(list));
        Assert.Equal(5, list.Live);
    }

    [Fact]
    public void Gaps_are_closed_when_they_are_the_greater_part()
    {
        var all = Make(1_000);
        var list = AddAll(null, all);
        foreach (var leaving in all.Where((_, i) => i % 10 != 0))
        {
            list = SubscriberList.Remove(list!, leaving);
        }

        Assert.Equal(all.Where((_, i) => i % 10 == 0), Walk(list!));
        Assert.Equal(100, list!.Live);
        Assert.True(list.Count <= 200, $"{list.Count} slots for 100 subscriptions.");
    }

    [Fact]
    public void Coming_and_going_does_not_make_it_longer()
    {
        var staying = Make(10);
        var list = AddAll(null, staying);
        for (var i = 0; i < 10_000; i++)
        {
            var passing = Make(1)[0];
            list = SubscriberList.Remove(SubscriberList.Add(list, passing), passing);
            Assert.True(list!.Count <= 32, $"{list.Count} slots for 10 subscriptions.");
        }

        Assert.Equal(staying, Walk(list!));
    }

    [Fact]
    public void The_last_one_to_leave_leaves_no_list()
    {
        var all = Make(2);
        var list = AddAll(null, all);

        list = SubscriberList.Remove(list!, all[0]);
        Assert.NotNull(list);
        Assert.Null(SubscriberList.Remove(list, all[1]));
    }

    [Fact]
    public void A_reader_of_the_old_list_still_finds_who_was_there_when_it_began()
    {
        var all = Make(64);
        var old = AddAll(null, all)!;
        var seen = old.Count;

        var list = AddAll(old, Make(200));
        list = SubscriberList.Remove(list!, all[7]);

        Assert.NotSame(old, list);
        Assert.Equal(64, seen);
        Assert.All(all.Where((_, i) => i != 7), staying => Assert.Contains(staying, Walk(old)));
        Assert.DoesNotContain(all[7], Walk(list!));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_holds_what_a_plain_list_holds(int seed)
    {
        var random = new Random(seed);
        var model = new List<Subscription>();
        SubscriberList? list = null;
        for (var step = 0; step < 5_000; step++)
        {
            var index = random.Next(model.Count + 1);
            if (index < model.Count && random.Next(2) == 0)
            {
                list = SubscriberList.Remove(list!, model[index]);
                model.RemoveAt(index);
            }
            else if (index < model.Count && random.Next(4) == 0)
            {
                var replacement = Make(1)[0];
                list!.Replace(model[index], replacement);
                model[index] = replacement;
            }
            else
            {
                model.AddRange(Make(1));
                list = SubscriberList.Add(list, model[^1]);
            }

            Assert.Equal(model, list is null ? [] : Walk(list));
        }
    }

    private static Subscription[] Make(int count) =>
        [.. Enumerable.Range(1, count).Select(i => new Subscription { Session = new Session($"{i}", 0), Filter = [], QoS = QoS.AtMostOnce })];

    private static SubscriberList? AddAll(SubscriberList? list, Subscription[] subscriptions)
    {
        foreach (var subscription in subscriptions)
        {
            list = SubscriberList.Add(list, subscription);
        }

        return list;
    }

    private static List<Subscription> Walk(SubscriberList list)
    {
        var found = new List<Subscription>();
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is { } subscription)
            {
                found.Add(subscription);
            }
        }

        return found;
    }
}
