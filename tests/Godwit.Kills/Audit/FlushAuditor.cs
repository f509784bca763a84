using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Kills.Audit;

/// <summary>
/// Finds acknowledgements that left before what they promise was on disk. A packet came; its record is a write to a file of the data
/// directory after that; the record is on disk when a flush of that file has ended that began after the write. Only then may the
/// acknowledgement leave.
/// </summary>
/// <param name="calls">The whole trace, from the start of the broker.</param>
/// <param name="dataDirectory">Full path.</param>
/// <param name="durableTopics">Messages below this prefix are for durable subscribers; of others nothing is promised.</param>
internal sealed class FlushAuditor(IReadOnlyList<SystemCall> calls, string dataDirectory, string durableTopics)
{
    private readonly List<SystemCall> _writes = [.. calls.Where(call => IsOfStore(call, dataDirectory) && call.IsWrite && call.Result > 0)];
    private readonly List<SystemCall> _flushes = [.. calls.Where(call => IsOfStore(call, dataDirectory) && call.IsFlush)];
    private readonly Dictionary<string, TracedConnection> _connections = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Socket, PacketType Type, ushort Id), (int Place, byte[] Mark)> _asked = [];
    private readonly AuditReport _report = new();

    /// <summary>Looks at all acknowledgements.</summary>
    public AuditReport Run()
    {
        _report.Writes = _writes.Count;
        _report.Flushes = _flushes.Count;
        foreach (var call in calls.Where(call => call.IsSocket))
        {
            if (!_connections.TryGetValue(call.Target, out var connection))
            {
                _connections[call.Target] = connection = new TracedConnection();
            }

            foreach (var packet in call.IsRead ? connection.Came(call) : [])
            {
                Note(call.Target, connection, packet);
            }

            foreach (var packet in call.IsWrite ? connection.Left(call) : [])
            {
                Judge(call.Target, connection, packet);
            }
        }

        return _report;
    }

    private static bool IsOfStore(SystemCall call, string dataDirectory) => call.Target.StartsWith(dataDirectory + "/", StringComparison.Ordinal);

    /// <summary>A packet came that will be answered: remembers where, and what its record must hold.</summary>
    private void Note(string socket, TracedConnection connection, TracedPacket packet)
    {
        switch (packet.Type)
        {
            case PacketType.Connect when connection.IsDurable:
                _asked[(socket, PacketType.Connack, 0)] = (packet.Place, []);
                break;

            case PacketType.Publish:
                Assert.Equal(PacketError.None, PublishPacket.TryRead(packet.Header.Flags, packet.Body, connection.Version, out var publish));
                var answer = publish.QoS == QoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec;
                _asked.Remove((socket, answer, publish.PacketId));
                if (publish.QoS != QoS.AtMostOnce && Encoding.UTF8.GetString(publish.Topic).StartsWith(durableTopics, StringComparison.Ordinal))
                {
                    _asked[(socket, answer, publish.PacketId)] = (packet.Place, publish.Payload.ToArray());
                }

                break;

            case PacketType.Subscribe or PacketType.Unsubscribe when connection.IsDurable:
                _asked[(socket, packet.Type + 1, packet.PacketId)] = (packet.Place, []);
                break;

            case PacketType.Pubrec:             // of a subscriber: what follows is the broker's PUBREL
            case PacketType.Pubrel:             // of a publisher: what follows is the broker's PUBCOMP
                _asked[(socket, packet.Type + 1, packet.PacketId)] = (packet.Place, []);
                break;
        }
    }

    private void Judge(string socket, TracedConnection connection, TracedPacket packet)
    {
        switch (packet.Type)
        {
            case PacketType.Publish:
                JudgePublish(connection, packet);
                break;

            case PacketType.Connack:
                JudgeAnswer(socket, packet, id: 0);
                break;

            case PacketType.Puback or PacketType.Pubrec or PacketType.Pubrel or PacketType.Pubcomp or PacketType.Suback or PacketType.Unsuback:
                JudgeAnswer(socket, packet, packet.PacketId);
                break;
        }
    }

    private void JudgeAnswer(string socket, TracedPacket packet, ushort id)
    {
        if (_asked.Remove((socket, packet.Type, id), out var asked) && !packet.IsRefusal)
        {
            Judge(packet, id, asked.Place, asked.Mark);
        }
    }

    /// <summary>A message of QoS 2 is delivered when the broker cannot forget it any more: else it would be delivered again when its publisher repeats it.</summary>
    private void JudgePublish(TracedConnection connection, TracedPacket packet)
    {
        Assert.Equal(PacketError.None, PublishPacket.TryRead(packet.Header.Flags, packet.Body, connection.Version, out var publish));
        if (publish.QoS == QoS.ExactlyOnce && Encoding.UTF8.GetString(publish.Topic).StartsWith(durableTopics, StringComparison.Ordinal))
        {
            Judge(packet, publish.PacketId, 0, publish.Payload.ToArray());
        }
    }

    private void Judge(TracedPacket packet, ushort id, int asked, byte[] mark)
    {
        _report.Audited[packet.Type] = _report.Audited.GetValueOrDefault(packet.Type) + 1;
        if (!IsOnDisk(asked, packet.Place, mark))
        {
            _report.Violations.Add($"{packet.Type} {id} left at line {packet.Place + 1}; what it answers came by line {asked + 1}");
        }
    }

    /// <summary>A write with the mark lies behind the one place, and a flush of its file ended before the other.</summary>
    private bool IsOnDisk(int from, int to, byte[] mark) =>
        _writes.Exists(write => write.Entry >= from && write.Exit < to && write.Data.AsSpan().IndexOf(mark) >= 0
            && _flushes.Exists(flush => flush.Entry > write.Exit && flush.Exit < to && flush.Target == write.Target));
}
