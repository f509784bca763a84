using Godwit.Broker.Log;
using Godwit.Protocol;
using Godwit.Tests.Logs;

namespace Godwit.Storage.Tests.Journals;

/// <summary>
/// Plays what a broker of several shards may write, at random: into a journal and into the plain model at once. Shards commit at different
/// moments, so an acknowledgement may be in the log before its message, and a reference before what it refers to.
/// </summary>
internal sealed class RandomLoad
{
    private readonly Random _random;
    private readonly MemoryLog _model;
    private readonly Session?[] _sessions = new Session?[6];
    private readonly List<(long Id, int Shard)> _retained = [];
    private readonly List<(long Id, int Shard)> _others = [];
    private readonly RecipientList _list = new();
    private readonly int _shards;
    private readonly bool[] _isOpen;
    private IBrokerLog _log;
    private long _version;

    public RandomLoad(int seed, IBrokerLog log, int shards)
    {
        _random = new Random(seed);
        _log = log;
        _model = new MemoryLog(shards);
        _shards = shards;
        _isOpen = new bool[shards];
    }

    public MemoryLog Model => _model;

    public int PayloadMax { get; set; } = 300;

    /// <summary>Of a hundred steps, how many end a position; a publication makes up to three.</summary>
    public int AckShare { get; set; } = 45;

    public IEnumerable<uint> SessionNos => _sessions.OfType<Session>().Select(session => session.No);

    /// <summary>The journal was closed after everything had been committed, and opened again.</summary>
    public void Continue(IBrokerLog log) => _log = log;

    public void Step()
    {
        switch (_random.Next(100))
        {
            case < 30:
                Publish();
                break;
            case var step when step < 30 + AckShare:
                Acknowledge();
                break;
            case < 80:
                Commit(_random.Next(_shards));
                break;
            case < 84:
                OpenSession();
                break;
            case < 85:
                EndSession();
                break;
            case < 88:
                PutOther();
                break;
            case < 90:
                DeleteOther();
                break;
            case < 92:
                Release();
                break;
            case < 94:
                Refer();
                break;
            default:
                HandOver();
                break;
        }
    }

    /// <summary>Everything recorded is committed.</summary>
    public void CommitAll()
    {
        for (var shard = 0; shard < _shards; shard++)
        {
            Commit(shard);
        }
    }

    /// <summary>Every position, retained message and other thing is over; the sessions too.</summary>
    public void EndAll()
    {
        for (var index = 0; index < _sessions.Length; index++)
        {
            EndSession(index);
        }

        while (_others.Count > 0)
        {
            DeleteOther();
        }

        while (_retained.Count > 0)
        {
            Release();
        }

        CommitAll();
    }

    private void On(int shard, Action<IShardLog> write)
    {
        write(_log.ShardLog(shard));
        write(_model.ShardLog(shard));
        _isOpen[shard] = true;
    }

    private void Commit(int shard)
    {
        var isAwaited = _random.Next(3) > 0;
        Assert.Equal(_isOpen[shard], _log.ShardLog(shard).Commit(isAwaited) > 0);
        _model.ShardLog(shard).Commit(isAwaited);
        _isOpen[shard] = false;
        foreach (var session in _sessions.OfType<Session>())
        {
            session.OnCommitted(shard);
        }
    }

    private long NewId(int shard) => _log.ShardLog(shard).NewId();

    private void Publish()
    {
        var shard = _random.Next(_shards);
        var id = NewId(shard);
        _list.Clear();
        foreach (var session in _sessions.OfType<Session>().Where(_ => _random.Next(3) == 0))
        {
            AddTo(session, shard);
        }

        var isRetained = _random.Next(6) == 0;
        var payload = new byte[_random.Next(PayloadMax)];
        _random.NextBytes(payload);
        var expiresAtMs = _random.Next(2) == 0 ? long.MaxValue : _random.NextInt64(1_000_000);
        var topic = new byte[_random.Next(1, 20)];
        _version++;
        On(shard, log => log.PutMessage(
            id,
            new MessageRecord
            {
                Topic = topic,
                Properties = topic.AsSpan(0, topic.Length / 2),
                Payload = payload,
                QoS = QoS.ExactlyOnce,
                WasRetain = isRetained,
                ExpiresAtMs = expiresAtMs,
                AnnouncedExpiryMs = expiresAtMs,
                PublisherId = id % 3 == 0 ? null : $"publisher {id % 5}",
                PublisherUserName = id % 3 == 0 || id % 4 > 1 ? null : $"user {id % 4}",
                RetainedVersion = isRetained ? _version : 0,
                RetainedUntilMs = isRetained ? expiresAtMs : long.MaxValue,
            },
            _list.Span));
        if (isRetained)
        {
            _retained.Add((id, shard));
        }
    }

    private void AddTo(Session session, int shard)
    {
        var qos = _random.Next(3) == 0 ? QoS.ExactlyOnce : QoS.AtLeastOnce;
        _list.Add(session.No, session.Next, qos, _random.Next(2) == 0, _random.Next(4) == 0 ? [7, 300] : null, _random.Next(4) == 0 ? "$share/g/#"u8 : default);
        session.Positions.Add(session.Next++, new Position(shard, qos));
    }

    private void Acknowledge()
    {
        if (_sessions[_random.Next(_sessions.Length)] is not { Positions.Count: > 0 } session)
        {
            return;
        }

        var index = _random.Next(4) == 0 ? _random.Next(session.Positions.Count) : 0;
        var (seq, position) = session.Positions.ElementAt(index);
        if (position.QoS == QoS.ExactlyOnce && !position.IsReceived)
        {
            if (position.IsCommitted)
            {
                On(session.Shard, log => log.MarkReceived(session.No, seq));
                position.IsReceived = true;
            }

            return;
        }

        On(session.Shard, log => log.Acknowledge(session.No, seq));
        session.Positions.Remove(seq);
    }

    private void OpenSession()
    {
        var index = _random.Next(_sessions.Length);
        var shard = index % _shards;
        var id = NewId(shard);
        var before = _sessions[index];
        var session = before ?? new Session(_log.ShardLog(shard).NewSessionNo(), shard);
        var endsAtMs = _random.Next(2) == 0 ? long.MaxValue : 77_000 + _random.Next(1_000);
        On(shard, log => log.PutSession(id, new SessionRecord { SessionNo = session.No, ClientId = $"client {index}", UserName = index % 2 == 0 ? null : "user", ExpiryMs = 100_000, IsConnected = endsAtMs == long.MaxValue, EndsAtMs = endsAtMs, UnsentSeq = session.Next }));
        if (before is not null)
        {
            var old = before.Id;
            On(shard, log => log.Delete(old));
        }

        session.Id = id;
        _sessions[index] = session;
    }

    private void EndSession() => EndSession(_random.Next(_sessions.Length));

    private void EndSession(int index)
    {
        if (_sessions[index] is not { } session)
        {
            return;
        }

        On(session.Shard, log => log.EndSession(session.No));
        On(session.Shard, log => log.Delete(session.Id));
        _sessions[index] = null;
    }

    private void PutOther()
    {
        if (_sessions[_random.Next(_sessions.Length)] is not { } session)
        {
            return;
        }

        var id = NewId(session.Shard);
        switch (_random.Next(5))
        {
            case 0:
                On(session.Shard, log => log.PutSubscription(id, new SubscriptionRecord { SessionNo = session.No, Filter = "a/+/#"u8, QoS = QoS.AtLeastOnce, NoLocal = id % 2 == 0, RetainAsPublished = id % 3 == 0, Identifier = (uint)id }));
                break;
            case 1:
                On(session.Shard, log => log.PutInbound(id, session.No, (ushort)id));
                break;
            case 2:
                On(session.Shard, log => log.PutRetainedSearch(id, new RetainedSearchRecord { SessionNo = session.No, Filter = "r/#"u8, OlderThan = id, NoLocal = id % 2 == 0 }));
                break;
            case 3:
                On(session.Shard, log => log.PutRetainedGiven(id, session.No, id - 1, [id, 1, 1L << 40]));
                break;
            default:
                On(session.Shard, log => log.PutWill(id, new WillRecord { SessionNo = session.No, ClientId = "client", UserName = null, Topic = "w"u8, Payload = "bye"u8, QoS = QoS.AtLeastOnce, Retain = id % 2 == 0, DelayMs = 5, ExpiryMs = long.MaxValue, DueAtMs = id % 2 == 0 ? long.MaxValue : 5_000 }));
                break;
        }

        _others.Add((id, session.Shard));
    }

    private void DeleteOther()
    {
        if (_others.Count > 0)
        {
            var index = _random.Next(_others.Count);
            var (id, shard) = _others[index];
            On(shard, log => log.Delete(id));
            _others.RemoveAt(index);
        }
    }

    private void Release()
    {
        if (_retained.Count > 0)
        {
            var index = _random.Next(_retained.Count);
            var id = _retained[index].Id;
            On(_random.Next(_shards), log => log.ReleaseRetained(id));
            _retained.RemoveAt(index);
        }
    }

    /// <summary>Somebody subscribes and gets a retained message, on the shard of the session.</summary>
    private void Refer()
    {
        if (_retained.Count == 0 || _sessions[_random.Next(_sessions.Length)] is not { } session)
        {
            return;
        }

        var target = _retained[_random.Next(_retained.Count)].Id;
        var id = NewId(session.Shard);
        _list.Clear();
        AddTo(session, session.Shard);
        On(session.Shard, log => log.AddRecipients(id, target, _list.Span));
    }

    /// <summary>A position of a shared subscription goes to the queue of another session.</summary>
    private void HandOver()
    {
        if (_sessions[_random.Next(_sessions.Length)] is not { Positions.Count: > 0 } from
            || _sessions[_random.Next(_sessions.Length)] is not { } to
            || from.Positions.Values.First().IsReceived
            || _model.State.MessageAt(from.No, from.Positions.Keys.First()) is not { } target)
        {
            return;
        }

        var seq = from.Positions.Keys.First();
        var id = NewId(from.Shard);
        _list.Clear();
        from.Positions.Remove(seq);
        AddTo(to, from.Shard);
        On(from.Shard, log => log.AddRecipients(id, target, _list.Span));
        On(from.Shard, log => log.Acknowledge(from.No, seq));
    }

    private sealed class Session(uint no, int shard)
    {
        public uint No => no;

        public int Shard => shard;

        public long Id { get; set; }

        public long Next { get; set; }

        public SortedDictionary<long, Position> Positions { get; } = [];

        public void OnCommitted(int committed)
        {
            foreach (var position in Positions.Values.Where(position => position.Shard == committed))
            {
                position.IsCommitted = true;
            }
        }
    }

    private sealed class Position(int shard, QoS qos)
    {
        public int Shard => shard;

        public QoS QoS => qos;

        public bool IsCommitted { get; set; }

        public bool IsReceived { get; set; }
    }
}
