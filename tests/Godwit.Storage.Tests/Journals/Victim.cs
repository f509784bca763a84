using Godwit.Broker.Log;
using Godwit.Protocol;

namespace Godwit.Storage.Tests.Journals;

/// <summary>Something that goes to the cold generation and ends later, in one of the ways there are.</summary>
internal sealed class Victim(Churn churn, string how)
{
    private long _id;
    private long _seq;
    private uint _sessionNo;
    private (long Id, long Seq) _neighbour;

    /// <summary>What nobody may see of it when it has ended.</summary>
    public string Name { get; private set; } = "";

    public IReadOnlyList<long> Ids => [_id, _neighbour.Id];

    private IShardLog Shard => churn.Shard;

    public void Begin()
    {
        _neighbour = churn.Queue(pinned: true);     // keeps the cold segment alive
        switch (how)
        {
            case "acknowledged":
            case "received, then acknowledged":
            case "received and soon acknowledged":
                (_id, _seq) = churn.Queue(pinned: true, QoS.ExactlyOnce);
                Name = $"queued {churn.PinnedNo:d8} {_seq:d8}";
                break;

            case "referred to, then acknowledged":
                var target = churn.Put(0, 0, QoS.AtLeastOnce, "target", retainedVersion: 1);
                var list = new RecipientList();
                list.Add(churn.PinnedNo, 50, QoS.AtLeastOnce, retain: true, null, default);
                _id = Shard.NewId();
                _seq = 50;
                Shard.AddRecipients(_id, target, list.Span);
                Shard.Commit(isAwaited: true);
                Name = $"queued {churn.PinnedNo:d8} {_seq:d8}";
                break;

            case "released":
                _id = churn.Put(0, 0, QoS.AtLeastOnce, "retained", retainedVersion: 1);
                Name = "retained";
                break;

            case "deleted":
            case "replaced, then deleted":
                PutWill("first");
                Name = "will";
                break;

            case "session ended":
                _sessionNo = churn.OpenSession("ending");
                _id = churn.Put(_sessionNo, 0, QoS.AtLeastOnce, "t");
                Name = $"queued {_sessionNo:d8}";
                break;

            default:
                throw new InvalidOperationException(how);
        }
    }

    public void End()
    {
        switch (how)
        {
            case "received, then acknowledged":
                Shard.MarkReceived(churn.PinnedNo, _seq);
                break;

            case "received and soon acknowledged":
                Shard.MarkReceived(churn.PinnedNo, _seq);
                Shard.Commit(isAwaited: true);
                churn.Harness.Run();
                Shard.Acknowledge(churn.PinnedNo, _seq);        // what says PUBREC has never been in cold, the message has
                break;

            case "released":
                Shard.ReleaseRetained(_id);
                break;

            case "deleted":
                Shard.Delete(_id);
                break;

            case "replaced, then deleted":
                var first = _id;
                PutWill("second");
                Shard.Delete(first);
                break;

            case "session ended":
                Shard.EndSession(_sessionNo);       // its record stays, so that only this says that the queue is over
                break;

            default:
                Shard.Acknowledge(churn.PinnedNo, _seq);
                break;
        }

        Shard.Commit(isAwaited: true);
    }

    public void EndForGood()
    {
        if (how == "received, then acknowledged")
        {
            Shard.Acknowledge(churn.PinnedNo, _seq);
        }

        if (how == "replaced, then deleted")
        {
            Shard.Delete(_id);
        }

        Shard.Commit(isAwaited: true);
    }

    private void PutWill(string topic)
    {
        _id = Shard.NewId();
        Shard.PutWill(_id, new WillRecord { SessionNo = churn.PinnedNo, ClientId = "c", Topic = System.Text.Encoding.UTF8.GetBytes(topic), QoS = QoS.AtMostOnce, Retain = false, DelayMs = 0, ExpiryMs = long.MaxValue, DueAtMs = long.MaxValue });
        Shard.Commit(isAwaited: true);
    }
}
