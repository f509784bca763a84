using Godwit.Bench.Clients;

namespace Godwit.Bench.Workers;

/// <summary>What is sent: as much as schedule, window, credit and socket allow, many packets at once.</summary>
internal sealed partial class Worker
{
    private readonly int _credit;

    /// <summary>Sends what each publisher may send.</summary>
    /// <returns>How many nanoseconds later there may be more to send.</returns>
    private long Pump()
    {
        var waitNs = IdleWaitNs;
        foreach (var client in _publishers)
        {
            var publisher = client.Publisher!;
            publisher.Schedule?.Start(_phaseStartNs);
            if (!MaySend(client, publisher))
            {
                if (_credit > 0)
                {
                    ForgiveStall(publisher);
                }

                continue;
            }

            if (publisher.Schedule is null)
            {
                SendBatch(client, publisher);
                waitNs = MaySend(client, publisher) ? 0 : waitNs;
            }
            else
            {
                var nowNs = SendDue(client, publisher);
                waitNs = Math.Min(waitNs, Math.Max(publisher.Schedule.NextNs - nowNs, 0));
            }
        }

        return waitNs;
    }

    private bool MaySend(BenchClient client, Publisher publisher) =>
        client is { State: ClientState.Ready, HasOutput: false }
        && publisher.Sent < publisher.Quota
        && publisher.Window is null or { HasRoom: true }
        && (_credit == 0 || publisher.Expected - Volatile.Read(ref publisher.Delivered) < _credit * Math.Max(1, _workload.MeanFanout));

    private void SendBatch(BenchClient client, Publisher publisher)
    {
        var nowNs = _poller.NowNs;
        do
        {
            Append(client, publisher, nowNs);
        }
        while (_outbox.Length < WriteBatchSize && MaySend(client, publisher));

        Flush(client);
    }

    /// <summary>Sends what is due by the schedule. With an open loop a message says when it should have been sent.</summary>
    /// <returns>The time.</returns>
    private long SendDue(BenchClient client, Publisher publisher)
    {
        var nowNs = _poller.NowNs;
        var schedule = publisher.Schedule!;
        while (schedule.NextNs <= nowNs && MaySend(client, publisher))
        {
            Append(client, publisher, _plan.OpenLoopRate > 0 ? schedule.NextNs : nowNs);
            schedule.Advance();
            if (_outbox.Length >= WriteBatchSize)
            {
                Flush(client);
            }
        }

        if (_outbox.Length > 0)
        {
            Flush(client);
        }

        return nowNs;
    }

    private void Append(BenchClient client, Publisher publisher, long sentNs)
    {
        int stream, topic, packet;
        if (_workload.IsWild)
        {
            stream = client.Index;
            packet = topic = publisher.Random.Next(_plan.Topics);
        }
        else
        {
            packet = stream = publisher.NextStream;
            topic = stream % _plan.Topics;
            publisher.NextStream = stream + _plan.Publishers < _workload.Streams ? stream + _plan.Publishers : client.Index;
        }

        var template = _workload.Packets[packet];
        var packetId = publisher.Window?.Take(sentNs) ?? 0;
        _outbox.Advance(template.Write(_outbox.Reserve(template.SizeMax), packetId, stream, _workload.Sequences[stream]++, sentNs));
        publisher.Sent++;
        publisher.Expected += _workload.Fanout[topic];
        Counters.Sent++;
        Counters.Expected += _workload.Fanout[topic];
    }

    /// <summary>Deliveries that never come must not stop a publisher for good.</summary>
    private void ForgiveStall(Publisher publisher)
    {
        var delivered = Volatile.Read(ref publisher.Delivered);
        var nowNs = _poller.NowNs;
        if (delivered != publisher.StalledDelivered || publisher.StalledSinceNs == 0)
        {
            publisher.StalledDelivered = delivered;
            publisher.StalledSinceNs = nowNs;
        }
        else if (nowNs - publisher.StalledSinceNs > NsPerSecond && publisher.Expected > delivered && publisher.Sent < publisher.Quota)
        {
            publisher.Expected = delivered;
            publisher.StalledSinceNs = 0;
            Counters.Stalls++;
        }
    }

    /// <summary>An empty retained message removes the one that is stored.</summary>
    private void ClearRetained()
    {
        foreach (var client in _publishers)
        {
            for (var topic = client.Index; topic < _plan.Topics && client.State == ClientState.Ready; topic += _plan.Publishers)
            {
                _workload.WriteClear(_outbox, topic);
                if (_outbox.Length >= WriteBatchSize)
                {
                    Flush(client);
                }
            }

            Flush(client);
        }
    }
}
