using System.Globalization;
using System.Text;
using Godwit.Broker.Log;
using Godwit.Protocol;

namespace Godwit.Tests.Logs;

/// <summary>What a log holds, in plain dictionaries: the meaning of the port, without any thought of speed.</summary>
public sealed class MemoryState
{
    private readonly Dictionary<long, SessionRecord> _sessions = [];
    private readonly Dictionary<long, (uint SessionNo, byte[] Filter, QoS QoS, bool NoLocal, bool RetainAsPublished, uint Identifier)> _subscriptions = [];
    private readonly Dictionary<long, (uint SessionNo, ushort PacketId)> _inbound = [];
    private readonly Dictionary<long, MemoryWill> _wills = [];
    private readonly Dictionary<long, (uint SessionNo, byte[] Filter, long OlderThan, bool NoLocal)> _searches = [];
    private readonly Dictionary<long, (uint SessionNo, long SearchId, long[] MessageIds)> _given = [];
    private readonly Dictionary<long, MemoryMessage> _messages = [];
    private readonly HashSet<long> _released = [];
    private readonly SortedDictionary<(uint SessionNo, long Seq), MemoryPosition> _positions = [];
    private readonly HashSet<(uint SessionNo, long Seq)> _over = [];
    private readonly HashSet<uint> _ended = [];
    private readonly Dictionary<uint, long> _nextSeqs = [];

    public void PutMessage(MemoryMessage message)
    {
        _messages[message.Id] = message;
        AddRecipients(message.Id, message.Recipients);
    }

    public void AddRecipients(long messageId, byte[] recipients)
    {
        var reader = new RecipientReader(recipients);
        while (reader.TryRead())
        {
            Use(reader.SessionNo, reader.Seq);
            if (!_over.Contains((reader.SessionNo, reader.Seq)) && !_ended.Contains(reader.SessionNo))
            {
                _positions.TryAdd((reader.SessionNo, reader.Seq), new MemoryPosition(messageId, reader.Entry.ToArray()));
            }
        }
    }

    public void Acknowledge(uint sessionNo, long seq)
    {
        Use(sessionNo, seq);
        _over.Add((sessionNo, seq));
        _positions.Remove((sessionNo, seq));
    }

    public void MarkReceived(uint sessionNo, long seq)
    {
        Use(sessionNo, seq);
        if (!_over.Contains((sessionNo, seq)) && !_ended.Contains(sessionNo))
        {
            _positions[(sessionNo, seq)] = new MemoryPosition(0, null);
        }
    }

    public void ReleaseRetained(long messageId) => _released.Add(messageId);

    public void PutSession(long id, SessionRecord session) => _sessions[id] = session;

    public void PutSubscription(long id, uint sessionNo, byte[] filter, QoS qos, bool noLocal, bool retainAsPublished, uint identifier) =>
        _subscriptions[id] = (sessionNo, filter, qos, noLocal, retainAsPublished, identifier);

    public void PutWill(long id, MemoryWill will) => _wills[id] = will;

    public void PutInbound(long id, uint sessionNo, ushort packetId) => _inbound[id] = (sessionNo, packetId);

    public void PutRetainedSearch(long id, uint sessionNo, byte[] filter, long olderThan, bool noLocal) =>
        _searches[id] = (sessionNo, filter, olderThan, noLocal);

    public void PutRetainedGiven(long id, uint sessionNo, long searchId, long[] messageIds) => _given[id] = (sessionNo, searchId, messageIds);

    public void Delete(long id) =>
        _ = _sessions.Remove(id) | _subscriptions.Remove(id) | _wills.Remove(id) | _inbound.Remove(id) | _searches.Remove(id) | _given.Remove(id);

    public void EndSession(uint sessionNo)
    {
        _ended.Add(sessionNo);
        foreach (var position in _positions.Keys.Where(position => position.SessionNo == sessionNo).ToList())
        {
            _positions.Remove(position);
        }
    }

    public void Recover(IRecoverySink sink)
    {
        foreach (var (id, session) in _sessions)
        {
            sink.OnSession(id, session);
        }

        foreach (var (id, it) in _subscriptions)
        {
            sink.OnSubscription(id, new SubscriptionRecord { SessionNo = it.SessionNo, Filter = it.Filter, QoS = it.QoS, NoLocal = it.NoLocal, RetainAsPublished = it.RetainAsPublished, Identifier = it.Identifier });
        }

        foreach (var (id, it) in _inbound)
        {
            sink.OnInbound(id, it.SessionNo, it.PacketId);
        }

        foreach (var (id, will) in _wills)
        {
            sink.OnWill(id, will.ToRecord());
        }

        foreach (var (id, it) in _searches)
        {
            sink.OnRetainedSearch(id, new RetainedSearchRecord { SessionNo = it.SessionNo, Filter = it.Filter, OlderThan = it.OlderThan, NoLocal = it.NoLocal });
        }

        foreach (var (id, it) in _given)
        {
            sink.OnRetainedGiven(id, it.SessionNo, it.SearchId, it.MessageIds);
        }

        foreach (var message in _messages.Values.Where(message => message.RetainedVersion != 0 && !_released.Contains(message.Id)))
        {
            sink.OnRetained(message.Id, message.ToRecord());
        }

        var numbers = _sessions.Values.Select(session => session.SessionNo).ToHashSet();
        foreach (var ((sessionNo, seq), position) in _positions.Where(pair => numbers.Contains(pair.Key.SessionNo)))
        {
            if (position.IsReceived || _messages.ContainsKey(position.MessageId))
            {
                sink.OnQueued(sessionNo, seq, position.IsReceived ? 0 : _messages[position.MessageId].CostBytes);
            }
        }

        foreach (var sessionNo in numbers)
        {
            sink.OnNextSeq(sessionNo, _nextSeqs.GetValueOrDefault(sessionNo));
        }

        sink.OnEnd();
    }

    /// <summary>The answer to a question, complete: what comes of other shards later is not there.</summary>
    public QueueRead Read(uint sessionNo, long fromSeq, int bytesMax)
    {
        var entries = new List<StoredDelivery>();
        var bytes = new List<byte>();
        foreach (var ((_, seq), position) in _positions.Where(pair => pair.Key.SessionNo == sessionNo && pair.Key.Seq >= fromSeq))
        {
            if ((entries.Count > 0 && bytes.Count >= bytesMax) || (!position.IsReceived && !_messages.ContainsKey(position.MessageId)))
            {
                return new QueueRead(sessionNo, entries, [.. bytes], seq);
            }

            entries.Add(position.IsReceived ? new StoredDelivery { Seq = seq, IsReceived = true, QoS = QoS.ExactlyOnce } : _messages[position.MessageId].ToDelivery(seq, position.Recipient!, bytes));
        }

        return new QueueRead(sessionNo, entries, [.. bytes], Math.Max(fromSeq, _nextSeqs.GetValueOrDefault(sessionNo)));
    }

    /// <summary>The message of a position; null when there is none, or when it is not committed yet.</summary>
    public long? MessageAt(uint sessionNo, long seq) =>
        _positions.TryGetValue((sessionNo, seq), out var position) && !position.IsReceived && _messages.ContainsKey(position.MessageId) ? position.MessageId : null;

    /// <summary>Everything that a broker would get, one line each, in order.</summary>
    public string Dump()
    {
        var dump = new StateDump();
        Recover(dump);
        return dump.ToString();
    }

    /// <summary>An answer as text.</summary>
    public static string Text(QueueRead read)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"session {read.SessionNo} up to {read.EndSeq}\n");
        foreach (var it in read.Entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"{it.Seq} {it.IsReceived} {it.MessageId} {it.QoS} {it.Retain} {string.Join(',', it.Identifiers ?? [])} {Hex(it.SharedFilter)} ")
                .Append(CultureInfo.InvariantCulture, $"{Hex(read.Bytes[it.Topic])} {Hex(read.Bytes[it.Properties])} {Hex(read.Bytes[it.Payload])} {it.PublishedQoS} {it.WasRetain} ")
                .Append(CultureInfo.InvariantCulture, $"{it.ExpiresAtMs} {it.AnnouncedExpiryMs} {it.PublisherId ?? "(broker)"} {it.PublisherUserName ?? "-"}\n");
        }

        return text.ToString();
    }

    private static string Hex(byte[]? bytes) => bytes is null ? "-" : Convert.ToHexString(bytes);

    private void Use(uint sessionNo, long seq) => _nextSeqs[sessionNo] = Math.Max(_nextSeqs.GetValueOrDefault(sessionNo), seq + 1);
}
