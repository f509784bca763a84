using System.Globalization;
using System.Text;
using Godwit.Broker.Log;

namespace Godwit.Tests.Logs;

/// <summary>Writes down all that a log gives to a broker that starts, one line each, in an order of its own: two equal states give equal texts.</summary>
public sealed class StateDump : IRecoverySink
{
    private readonly SortedSet<string> _lines = new(StringComparer.Ordinal);
    private bool _hasOthers;
    private bool _hasEnded;

    public void OnSession(long id, in SessionRecord session)
    {
        Assert.False(_hasOthers, "a session came after something else");
        Add($"session {id:x8} {session.SessionNo} {session.ClientId} {session.UserName ?? "-"} {session.ExpiryMs} {session.IsConnected} {session.EndsAtMs} {session.UnsentSeq}");
    }

    public void OnSubscription(long id, in SubscriptionRecord subscription) =>
        AddOther($"subscription {id:x8} {subscription.SessionNo} {Encoding.UTF8.GetString(subscription.Filter)} {subscription.QoS} {subscription.NoLocal} {subscription.RetainAsPublished} {subscription.Identifier}");

    public void OnInbound(long id, uint sessionNo, ushort packetId) => AddOther($"inbound {id:x8} {sessionNo} {packetId}");

    public void OnWill(long id, in WillRecord will) =>
        AddOther($"will {id:x8} {will.SessionNo} {will.ClientId} {will.UserName ?? "-"} {Hex(will.Topic)} {Hex(will.Payload)} {Hex(will.Properties)} {will.QoS} {will.Retain} {will.DelayMs} {will.ExpiryMs} {will.DueAtMs}");

    public void OnRetainedSearch(long id, in RetainedSearchRecord search) =>
        AddOther($"search {id:x8} {search.SessionNo} {Encoding.UTF8.GetString(search.Filter)} {search.OlderThan} {search.NoLocal}");

    public void OnRetainedGiven(long id, uint sessionNo, long searchId, ReadOnlySpan<long> messageIds) =>
        AddOther($"given {id:x8} {sessionNo} {searchId:x8} {string.Join(',', messageIds.ToArray())}");

    public void OnRetained(long id, in MessageRecord message) =>
        AddOther($"retained {id:x8} {Hex(message.Topic)} {Hex(message.Properties)} {Hex(message.Payload)} {message.QoS} {message.WasRetain} {message.ExpiresAtMs} {message.AnnouncedExpiryMs} {message.PublisherId ?? "-"} {message.PublisherUserName ?? "-"} {message.RetainedVersion} {message.RetainedUntilMs}");

    public void OnQueued(uint sessionNo, long seq, int costBytes) => AddOther($"queued {sessionNo:d8} {seq:d8} {costBytes}");

    public void OnNextSeq(uint sessionNo, long nextSeq) => AddOther($"next {sessionNo:d8} {nextSeq}");

    public void OnEnd()
    {
        Assert.False(_hasEnded, "the end came twice");
        _hasEnded = true;
    }

    public override string ToString()
    {
        Assert.True(_hasEnded, "the end did not come");
        return string.Join('\n', _lines);
    }

    private void AddOther(FormattableString line)
    {
        _hasOthers = true;
        Add(line);
    }

    private void Add(FormattableString line)
    {
        Assert.False(_hasEnded, "something came after the end");
        Assert.True(_lines.Add(line.ToString(CultureInfo.InvariantCulture)), "something came twice");
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);
}
