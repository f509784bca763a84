using BenchmarkDotNet.Attributes;
using Godwit.Broker.Log;
using Godwit.Protocol;
using Godwit.Storage.Journals;
using Godwit.Storage.Tests.Journals;

namespace Godwit.Micro.Operations;

/// <summary>A message in the journal, on a disk that does nothing.</summary>
public class JournalOperations
{
    private const long NowMs = 1_000;
    private const long UtcMs = 1_700_000_000_000;
    private const int Behind = 100;

    private readonly RecipientList _recipients = new();
    private readonly byte[] _payload = new byte[256];
    private Journal? _journal;
    private IShardLog? _log;
    private uint _session;
    private long _seq;

    [GlobalSetup]
    public void Setup()
    {
        var options = new JournalOptions { ShardCount = 1, NewStoreId = new Guid("5f0c1d8e-1111-4222-8333-944455556666"), SegmentSizeBytes = 4 << 20 };
        _journal = Journal.Open(new NullFs(), options, NowMs, UtcMs);
        _log = _journal.ShardLog(0);
        _session = _log.NewSessionNo();
        _log.PutSession(_log.NewId(), new SessionRecord { SessionNo = _session, ClientId = "c", ExpiryMs = long.MaxValue, IsConnected = true, EndsAtMs = long.MaxValue });
        _log.Commit(isAwaited: true);
    }

    [GlobalCleanup]
    public void Cleanup() => _journal?.Dispose();

    [Benchmark(Description = "append and acknowledge, a frame each")]
    public int Append()
    {
        Put();
        RunWriter();
        return (int)_seq;
    }

    [Benchmark(Description = "append and acknowledge, 16 in a frame")]
    public int AppendInGroups()
    {
        Put();
        if (_seq % 16 == 0)
        {
            RunWriter();
        }

        return (int)_seq;
    }

    private void Put()
    {
        _recipients.Clear();
        _recipients.Add(_session, _seq, QoS.AtLeastOnce, retain: false, null, default);
        _log!.PutMessage(
            _log.NewId(),
            new MessageRecord { Topic = "plant/7/temperature"u8, Payload = _payload, QoS = QoS.AtLeastOnce, ExpiresAtMs = long.MaxValue, AnnouncedExpiryMs = long.MaxValue, PublisherId = "sensor" },
            _recipients.Span);
        _log.Commit(isAwaited: true);
        if (_seq >= Behind)
        {
            _log.Acknowledge(_session, _seq - Behind);
            _log.Commit(isAwaited: false);
        }

        _seq++;
    }

    private void RunWriter()
    {
        while (_journal!.RunOnce(NowMs) <= NowMs)
        {
            // One frame a time, and compaction steps, until it rests.
        }
    }
}
