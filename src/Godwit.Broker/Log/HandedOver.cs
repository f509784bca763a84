namespace Godwit.Broker.Log;

/// <summary>
/// A message comes from the queue of a session that has ended: as soon as it has its place elsewhere, the place there is over. So it is in one of
/// the two queues at every moment, and never in both.
/// </summary>
/// <param name="SessionNo">The session that has ended.</param>
/// <param name="Seq">The position in its queue.</param>
internal sealed record HandedOver(uint SessionNo, long Seq) : ICompanion
{
    public void Write(Durability durability, long messageId) => durability.Log.Acknowledge(SessionNo, Seq);
}
