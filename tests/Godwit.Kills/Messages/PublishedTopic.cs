using Godwit.Protocol;

namespace Godwit.Kills.Messages;

/// <summary>What one publisher has published on a topic of its own, and what of it the broker has acknowledged.</summary>
/// <param name="name">Topic Name.</param>
/// <param name="qos">1 or 2, of all messages.</param>
internal sealed class PublishedTopic(string name, QoS qos)
{
    private const short NotAcknowledged = -1;

    private readonly Lock _lock = new();
    private readonly List<short> _acknowledgedIn = [];

    public string Name => name;

    public QoS QoS => qos;

    /// <summary>How many messages were published; the next one has this number.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _acknowledgedIn.Count;
            }
        }
    }

    /// <summary>Numbers that the broker has promised to deliver, each with the life of the broker in which it did.</summary>
    public IReadOnlyList<(int Number, int Life)> Acknowledged
    {
        get
        {
            lock (_lock)
            {
                return [.. _acknowledgedIn.Select((life, number) => (number, (int)life)).Where(message => message.Item2 != NotAcknowledged)];
            }
        }
    }

    /// <summary>One more message is about to be published.</summary>
    /// <returns>Its number.</returns>
    public int Add()
    {
        lock (_lock)
        {
            _acknowledgedIn.Add(NotAcknowledged);
            return _acknowledgedIn.Count - 1;
        }
    }

    /// <summary>PUBACK or PUBREC came.</summary>
    public void Acknowledge(int number, int life)
    {
        lock (_lock)
        {
            if (_acknowledgedIn[number] == NotAcknowledged)
            {
                _acknowledgedIn[number] = (short)life;
            }
        }
    }
}
