namespace Godwit.Broker.Log;

/// <summary>
/// What one shard writes down so that it outlives the process. Every call encodes at once and keeps no reference. All records between two
/// calls of <see cref="Commit"/> become durable together or not at all. Used by its shard only, except <see cref="Health"/> and the two
/// positions. Times are the host's monotonic milliseconds; the log turns them into wall clock and back.
/// </summary>
public interface IShardLog
{
    /// <summary>What the store can do now; may change at any moment.</summary>
    StoreHealth Health { get; }

    /// <summary>Everything committed under this number or a lower one is as durable as the administrator asked for. Only grows.</summary>
    long DurableAppend { get; }

    /// <summary>Bytes of all shards' commits that have not been written yet. Who brings more waits, so that a slow disk costs no memory.</summary>
    long WaitingBytes { get; }

    /// <summary>A number for a record that no other record of this store has or had.</summary>
    long NewId();

    /// <summary>A number for a session that no other session of this store has or had; above 0.</summary>
    uint NewSessionNo();

    /// <summary>A message for the queues of durable sessions, for the retained store, or both.</summary>
    /// <param name="id">From <see cref="NewId"/>.</param>
    /// <param name="message">The message.</param>
    /// <param name="recipients">As <see cref="RecipientList"/> writes them; may be empty for a retained message.</param>
    void PutMessage(long id, in MessageRecord message, ReadOnlySpan<byte> recipients);

    /// <summary>A message that is already in the log goes to the queues of more sessions, and stays as long as one of them needs it.</summary>
    /// <param name="id">Of this record, from <see cref="NewId"/>.</param>
    /// <param name="messageId">Of the message.</param>
    /// <param name="recipients">As <see cref="RecipientList"/> writes them.</param>
    void AddRecipients(long id, long messageId, ReadOnlySpan<byte> recipients);

    /// <summary>
    /// A queue no longer needs a position: acknowledged, completed, expired, dropped or handed to another session. May be logged before the
    /// message itself, by another shard; the position counts as used also when that never comes.
    /// </summary>
    void Acknowledge(uint sessionNo, long seq);

    /// <summary>PUBREC has come for a position: the message is no longer needed, PUBREL is. [MQTT-4.3.3-6]</summary>
    void MarkReceived(uint sessionNo, long seq);

    /// <summary>The retained store no longer holds this message: replaced, cleared or expired. May be logged before the message itself.</summary>
    void ReleaseRetained(long messageId);

    /// <summary>A session, or its newer version; the older is deleted by <see cref="Delete"/> in the same commit.</summary>
    void PutSession(long id, in SessionRecord session);

    /// <summary>A subscription of a durable session.</summary>
    void PutSubscription(long id, in SubscriptionRecord subscription);

    /// <summary>A will, of a durable session or not.</summary>
    void PutWill(long id, in WillRecord will);

    /// <summary>A QoS 2 packet id of a durable session's client that waits for PUBREL.</summary>
    void PutInbound(long id, uint sessionNo, ushort packetId);

    /// <summary>A search for retained messages goes on.</summary>
    void PutRetainedSearch(long id, in RetainedSearchRecord search);

    /// <summary>Retained messages that a search has brought into the queue; recorded together with their places there.</summary>
    /// <param name="id">Of this record.</param>
    /// <param name="sessionNo">The session.</param>
    /// <param name="searchId">The record of the search.</param>
    /// <param name="messageIds">Numbers of the messages in the log; not empty.</param>
    void PutRetainedGiven(long id, uint sessionNo, long searchId, ReadOnlySpan<long> messageIds);

    /// <summary>Forgets a session, subscription, will, inbound id, search, or what was noted of one. All that belongs to a session is deleted one by one.</summary>
    void Delete(long id);

    /// <summary>Every position of this session's queue is no longer needed, and none will follow.</summary>
    void EndSession(uint sessionNo);

    /// <summary>Seals what was recorded since the last call.</summary>
    /// <param name="isAwaited">
    /// Somebody waits until it is durable. Otherwise it is written, and becomes durable with the next commit that is awaited.
    /// </param>
    /// <returns>Its number; 0 when nothing was recorded.</returns>
    long Commit(bool isAwaited);

    /// <summary>
    /// Makes the host run a turn of this shard when <see cref="DurableAppend"/> grows next, once. Who calls it looks afterwards whether it has grown
    /// already. A shard whose own commit is awaited is woken without it.
    /// </summary>
    void AwaitAdvance();

    /// <summary>Asks for what stands in a session's queue. The answer is a <see cref="QueueRead"/> for the shard, after all that was committed before.</summary>
    /// <param name="sessionNo">A session of this shard.</param>
    /// <param name="fromSeq">First position wanted.</param>
    /// <param name="bytesMax">About so many bytes of messages; at least one entry comes when there is one.</param>
    void ReadQueue(uint sessionNo, long fromSeq, int bytesMax);
}
