using Godwit.Broker.Routing;
using Godwit.Broker.Sessions;

namespace Godwit.Broker.Log;

/// <summary>Searches for retained messages that were not through when the process ended. They go on when their clients come back.</summary>
internal sealed class RecoveredSearches(BrokerCore core)
{
    private readonly List<(long Id, uint SessionNo, byte[] Filter, long OlderThan, bool NoLocal)> _searches = [];
    private readonly Dictionary<long, (List<long> RecordIds, HashSet<long> MessageIds)> _given = [];

    /// <summary>A search.</summary>
    public void Add(long id, in RetainedSearchRecord search) =>
        _searches.Add((id, search.SessionNo, search.Filter.ToArray(), search.OlderThan, search.NoLocal));

    /// <summary>What a search has brought.</summary>
    public void AddGiven(long id, long searchId, ReadOnlySpan<long> messageIds)
    {
        if (!_given.TryGetValue(searchId, out var given))
        {
            _given.Add(searchId, given = ([], []));
        }

        given.RecordIds.Add(id);
        foreach (var messageId in messageIds)
        {
            given.MessageIds.Add(messageId);
        }
    }

    /// <summary>All is known: gives the searches to their sessions. What belongs to nobody is forgotten.</summary>
    /// <param name="find">The session of a number; null when it is over.</param>
    /// <param name="log">Where to forget.</param>
    public void Resume(Func<uint, Session?> find, IShardLog log)
    {
        foreach (var (id, sessionNo, filter, olderThan, isNoLocal) in _searches)
        {
            core.Tree.ContinueAt(olderThan);            // what is published from now on is newer, and comes live
            if (!_given.Remove(id, out var given))
            {
                given = ([], []);
            }

            var progress = new RetainedProgress(sessionNo, [id, .. given.RecordIds]);
            if (find(sessionNo) is { } session && session.Subscriptions.Find(filter) is { Group: null, RetainedSearch: null } subscription)
            {
                var search = new RetainedSearch(core.Tree) { Progress = progress };
                search.Resume(subscription, olderThan, isNoLocal, given.MessageIds);
                (session.RetainedBacklog ??= new RetainedBacklog(core.AllShards[session.ShardIndex].Durability)).Add(search);
            }
            else
            {
                progress.Delete(log);
            }
        }

        foreach (var (recordIds, _) in _given.Values)
        {
            recordIds.ForEach(log.Delete);
        }
    }
}
