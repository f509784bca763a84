using Godwit.Broker.Log;
using Godwit.Broker.Messages;
using Godwit.Broker.Routing;

namespace Godwit.Broker.Sessions;

/// <summary>
/// Subscriptions whose retained messages have not all been sent, one search each, oldest first. They are looked for as the client takes them,
/// so a filter with 100,000 retained messages costs the broker neither a copy nor a list of them.
/// </summary>
internal sealed class RetainedBacklog(Durability? durability)
{
    private readonly LinkedList<RetainedSearch> _searches = new();

    /// <summary>Subscriptions that wait.</summary>
    public int Count => _searches.Count;

    /// <summary>A subscription has asked for its retained messages.</summary>
    public void Add(RetainedSearch search) => search.Place = _searches.AddLast(search);

    /// <summary>Takes the next message.</summary>
    /// <param name="nowMs">The time of the turn.</param>
    /// <param name="visits">Nodes of the topic tree that may be visited; what is left of them comes back.</param>
    /// <param name="search">Which has found it.</param>
    /// <param name="message">The message.</param>
    /// <returns>False: there is none left, or the visits were used up before one was found.</returns>
    public bool TryTake(long nowMs, ref int visits, out RetainedSearch search, out Message message)
    {
        while (visits > 0 && _searches.First is { } first)
        {
            if (!first.Value.TryFindNext(nowMs, ref visits, out var found))
            {
                Remove(first.Value);
            }
            else if (found is not null)
            {
                search = first.Value;
                message = found;
                return true;
            }
        }

        search = null!;
        message = null!;
        return false;
    }

    /// <summary>Ends a search, because it is through or its subscription has ended.</summary>
    public void Remove(RetainedSearch search)
    {
        search.Subscription.RetainedSearch = null;
        _searches.Remove(search.Place!);
        EndProgress(search);
    }

    /// <summary>A search is over, or begins anew: what the log says of it no longer counts.</summary>
    public void EndProgress(RetainedSearch search)
    {
        if (search.Progress is { } progress)
        {
            durability!.End(progress);
            search.Progress = null;
        }
    }

    /// <summary>Ends all searches.</summary>
    public void Clear()
    {
        while (_searches.First is { } first)
        {
            Remove(first.Value);
        }
    }
}
