namespace Godwit.Broker.Log;

/// <summary>
/// Takes what the store held when the broker started: first all sessions, then everything else, in any order; spans are valid during the
/// call only. Positions of a queue may come out of order.
/// </summary>
public interface IRecoverySink
{
    /// <summary>A session.</summary>
    void OnSession(long id, in SessionRecord session);

    /// <summary>A subscription of a session.</summary>
    void OnSubscription(long id, in SubscriptionRecord subscription);

    /// <summary>An inbound QoS 2 packet id.</summary>
    void OnInbound(long id, uint sessionNo, ushort packetId);

    /// <summary>A will, of a session or of a client without one.</summary>
    void OnWill(long id, in WillRecord will);

    /// <summary>A search for retained messages that was not through.</summary>
    void OnRetainedSearch(long id, in RetainedSearchRecord search);

    /// <summary>Retained messages that a search had brought into the queue.</summary>
    /// <param name="id">Of this record.</param>
    /// <param name="sessionNo">The session.</param>
    /// <param name="searchId">The record of the search.</param>
    /// <param name="messageIds">Numbers of the messages in the log.</param>
    void OnRetainedGiven(long id, uint sessionNo, long searchId, ReadOnlySpan<long> messageIds);

    /// <summary>A retained message. When a topic has several, the one with the highest version counts.</summary>
    void OnRetained(long id, in MessageRecord message);

    /// <summary>A position of a session's queue; the message itself stays in the store.</summary>
    /// <param name="sessionNo">The session.</param>
    /// <param name="seq">The position.</param>
    /// <param name="costBytes">Bytes of topic, properties and payload; 0 after PUBREC.</param>
    void OnQueued(uint sessionNo, long seq, int costBytes);

    /// <summary>Positions below this one have been used: the session's next is at least this.</summary>
    void OnNextSeq(uint sessionNo, long nextSeq);

    /// <summary>All has been given.</summary>
    void OnEnd();
}
