using System.Text;
using Godwit.Protocol.Topics;
using Godwit.Simulation.Clients;
using Godwit.Simulation.Oracles;

namespace Godwit.Simulation.Tests.Oracles;

/// <summary>The oracle matches for itself; that it does so rightly is shown against the protocol library.</summary>
public sealed class InterestTests
{
    [Fact]
    public void A_filter_matches_what_it_has_to()
    {
        var session = new ModelSession("any", shardIndex: 0, number: 1);

        foreach (var filter in Choices.Filters)
        {
            foreach (var topic in Choices.Topics)
            {
                var matches = new Interest(session, filter).Matches(topic.Split('/'));

                Assert.True(matches == TopicFilter.Matches(Encoding.UTF8.GetBytes(filter), Encoding.UTF8.GetBytes(topic)), $"{filter} and {topic}");
            }
        }
    }
}
