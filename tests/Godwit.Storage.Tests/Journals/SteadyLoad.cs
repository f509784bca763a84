using Godwit.Broker.Log;
using Godwit.Protocol;
using Godwit.Storage.Journals;

namespace Godwit.Storage.Tests.Journals;

/// <summary>Publishers and subscribers that keep up: each message goes to two sessions, and is acknowledged a hundred messages later. It allocates nothing itself.</summary>
internal sealed class SteadyLoad
{
    private const int Behind = 100;

    private readonly Journal _journal;
    private readonly RecipientList _recipients = new();
    private readonly byte[] _payload = new byte[256];
    private readonly uint[] _sessions = new uint[2];
    private readonly long _nowMs;
    private long _seq;

    public SteadyLoad(Journal journal, long nowMs)
    {
        _journal = journal;
        _nowMs = nowMs;
        for (var index = 0; index < 2; index++)
        {
            var shard = journal.ShardLog(index);
            _sessions[index] = shard.NewSessionNo();
            shard.PutSession(shard.NewId(), new SessionRecord { SessionNo = _sessions[index], ClientId = $"c{index}", ExpiryMs = long.MaxValue, IsConnected = true, EndsAtMs = long.MaxValue });
            shard.Commit(isAwaited: true);
        }
    }

    public long Seq => _seq;

    public void Publish(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var publisher = _journal.ShardLog(i % 2);
            _recipients.Clear();
            _recipients.Add(_sessions[0], _seq, QoS.AtLeastOnce, retain: false, null, default);
            _recipients.Add(_sessions[1], _seq, QoS.AtLeastOnce, retain: false, null, default);
            publisher.PutMessage(
                publisher.NewId(),
                new MessageRecord { Topic = "plant/7/temperature"u8, Payload = _payload, QoS = QoS.AtLeastOnce, ExpiresAtMs = long.MaxValue, AnnouncedExpiryMs = long.MaxValue, PublisherId = "sensor" },
                _recipients.Span);
            publisher.Commit(isAwaited: true);
            if (_seq >= Behind)
            {
                Acknowledge(0);
                Acknowledge(1);
            }

            _seq++;
            if (i % 16 == 0)
            {
                while (_journal.RunOnce(_nowMs) <= _nowMs)
                {
                }
            }
        }
    }

    private void Acknowledge(int index)
    {
        _journal.ShardLog(index).Acknowledge(_sessions[index], _seq - Behind);
        _journal.ShardLog(index).Commit(isAwaited: false);
    }
}
