using Godwit.Protocol;
using Godwit.Simulation.Runs;

namespace Godwit.Simulation.Oracles;

/// <summary>Retained messages that SUBSCRIBE packets still wait for after a crash: what the store has not noted as brought has to come.</summary>
internal sealed partial class Oracle
{
    private void AdoptSearches(RecoveredImage image)
    {
        foreach (var one in image.Sessions)
        {
            var session = _byClientId[one.ClientId];
            foreach (var search in one.Searches.Values)
            {
                AdoptSearch(image, session, search);
            }

            session.TakenBack.Clear();
        }
    }

    private void AdoptSearch(RecoveredImage image, ModelSession session, RecoveredSearch search)
    {
        var interests = session.Interests.FindAll(interest => string.Equals(interest.Filter, search.Filter, StringComparison.Ordinal));
        if (!interests.Exists(interest => interest.Requests.Exists(request => request.WantsRetained)))
        {
            throw Violation("I6", $"the store looks for retained messages of {search} for {session}, which has not asked for them");
        }

        if (interests.Find(interest => interest.EndsFrom == long.MaxValue) is not { } interest)
        {
            return;                                 // the broker forgets it with the subscription
        }

        Hit(Situation.SearchOverRestart);
        var request = interest.Requests[^1];
        foreach (var (topic, retained) in image.Retained)
        {
            if (search.WaitsFor(retained) && _retained.Held(topic) is { } owed && interest.Matches(owed.Message.Levels))
            {
                Resume(session, search, request, owed);
            }
        }
    }

    private static void Resume(ModelSession session, RecoveredSearch search, Interest.Request request, Publication owed)
    {
        var isOwn = (search.NoLocal || request.NoLocal) && string.Equals(owed.Message.PublisherId, session.ClientId, StringComparison.Ordinal);
        if (isOwn || request.QoS == QoS.AtMostOnce || owed.Message.QoS == QoS.AtMostOnce)
        {
            return;                                 // QoS 0 is not repeated
        }

        var record = session.DeliveryOf(owed.Message);
        if (session.TakenBack.Remove(owed.Message))
        {
            record.TakenBack++;
            record.LastWithRetain = 0;
        }

        request.OwedRetained.Add(owed);
    }
}
