using System.Text;
using Godwit.Protocol.Topics;
using Godwit.Storage.Records;

namespace Godwit.Storage.Tools;

/// <summary>Picks the records that somebody looks for, and those that say later what became of them. Sees all records in the order of the log.</summary>
internal sealed class RecordSieve
{
    private readonly string? _clientId;
    private readonly byte[] _filter;
    private readonly bool _isTopicName;
    private readonly HashSet<uint> _sessions = [];
    private readonly HashSet<long> _idsOfClient = [];
    private readonly HashSet<long> _idsOfTopic = [];
    private readonly HashSet<(uint SessionNo, long Seq)> _positionsOfTopic = [];

    /// <summary>Makes it.</summary>
    /// <exception cref="StoreToolException">The filter is not one.</exception>
    public RecordSieve(StoreDumpFilter filter)
    {
        _clientId = filter.ClientId;
        _filter = Encoding.UTF8.GetBytes(filter.TopicFilter ?? "");
        _isTopicName = TopicFilter.CountWildcards(_filter) == 0;
        if (filter.TopicFilter is not null && (!TopicFilter.TryParse(_filter, out var parsed) || parsed.IsShared))
        {
            throw new StoreToolException($"'{filter.TopicFilter}' is not a topic filter: levels are parted by /, + stands for one level, # for all that follow.");
        }
    }

    /// <summary>The sessions' numbers have to be known first.</summary>
    public bool NeedsSessions => _clientId is not null;

    /// <summary>Learns which sessions the client had.</summary>
    public void Learn(LogRecord record)
    {
        if (record is { Type: RecordType.Put, Name: "session" } && string.Equals(record.ClientId, _clientId, StringComparison.Ordinal))
        {
            _sessions.Add(record.SessionNo);
        }
    }

    /// <summary>The record is wanted.</summary>
    public bool Keeps(LogRecord record)
    {
        var isOfClient = _clientId is null || IsOfClient(record);
        var isOfTopic = _filter.Length == 0 || IsOfTopic(record);
        return isOfClient && isOfTopic;
    }

    private bool IsOfClient(LogRecord record)
    {
        if (record.Type is RecordType.Delete or RecordType.ReleaseRetained)
        {
            return _idsOfClient.Contains(record.Id);
        }

        var isKept = _sessions.Contains(record.SessionNo)
            || string.Equals(record.ClientId, _clientId, StringComparison.Ordinal)
            || record.Positions.Exists(position => _sessions.Contains(position.SessionNo));
        if (isKept && record.Id != 0)
        {
            _idsOfClient.Add(record.Id);
        }

        return isKept;
    }

    private bool IsOfTopic(LogRecord record)
    {
        if (record.Type is RecordType.Delete or RecordType.ReleaseRetained)
        {
            return _idsOfTopic.Contains(record.Id);
        }

        var isKept = (record.Topic.Length > 0 && TopicFilter.Matches(_filter, record.Topic))
            || _idsOfTopic.Contains(record.MessageId)
            || _positionsOfTopic.Contains((record.SessionNo, record.Seq))
            || IsSubscribed(record.Filter);
        if (isKept)
        {
            _idsOfTopic.Add(record.Id);
            _positionsOfTopic.UnionWith(record.Positions);
        }

        return isKept;
    }

    private bool IsSubscribed(ReadOnlySpan<byte> subscribed) =>
        TopicFilter.TryParse(subscribed, out var filter)
        && (filter.Filter.SequenceEqual(_filter) || (_isTopicName && TopicFilter.Matches(filter.Filter, _filter)));
}
