using System.Globalization;
using Godwit.Kills.Messages;
using Godwit.Protocol;

namespace Godwit.Kills.Judging;

/// <summary>What a subscriber's application got, or the members of a shared group together, held against what was published.</summary>
/// <param name="owner">For findings.</param>
/// <param name="granted">The QoS of the subscription.</param>
/// <param name="isOrdered">False for a shared group, where each member gets a part.</param>
/// <param name="published">The topics that it is subscribed to from before the first message.</param>
/// <param name="findings">Where to tell.</param>
internal sealed class Inbox(string owner, QoS granted, bool isOrdered, IEnumerable<PublishedTopic> published, Findings findings)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Row> _rows = published.ToDictionary(topic => topic.Name, topic => new Row(topic), StringComparer.Ordinal);
    private long _received;

    /// <summary>Messages so far, repeated ones included.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>A message for the application: with QoS 2 after the packet id was found to be new.</summary>
    /// <returns>Its number; -1 when it is none of ours.</returns>
    public int Take(string topic, ReadOnlySpan<byte> payload)
    {
        Interlocked.Increment(ref _received);
        lock (_lock)
        {
            if (!_rows.TryGetValue(topic, out var row))
            {
                findings.Add(Fault.NeverPublished, $"{owner}: a message on {topic}");
                return -1;
            }

            if (!Payload.TryRead(payload, topic, out var number))
            {
                findings.Add(Fault.Corrupt, $"{owner}: {topic}: {Convert.ToHexString(payload[..Math.Min(payload.Length, 64)])}");
                return -1;
            }

            Take(row, number);
            return number;
        }
    }

    /// <summary>How often this message came.</summary>
    public int CountOf(string topic, int number)
    {
        lock (_lock)
        {
            return _rows[topic].CountOf(number);
        }
    }

    /// <summary>Messages that must come: those that the broker has acknowledged.</summary>
    public long Expected => _rows.Values.Sum(row => (long)row.Topic.Acknowledged.Count);

    /// <summary>What has not come yet.</summary>
    public long Missing => MissingRows().LongCount();

    /// <summary>Everything has come that will come: tells what is missing.</summary>
    public void Judge()
    {
        foreach (var (row, number, life) in MissingRows())
        {
            findings.Add(Fault.Lost, Text(row, number, $"acknowledged in life {life}"));
        }
    }

    private IEnumerable<(Row Row, int Number, int Life)> MissingRows()
    {
        lock (_lock)
        {
            return
            [
                .. from row in _rows.Values
                   from message in row.Topic.Acknowledged
                   where row.CountOf(message.Number) == 0
                   select (row, message.Number, message.Life),
            ];
        }
    }

    private void Take(Row row, int number)
    {
        if (number < 0 || number >= row.Topic.Count)
        {
            findings.Add(Fault.NeverPublished, Text(row, number, $"only {row.Topic.Count} were published"));
            return;
        }

        var copies = row.Count(number);
        if (copies > 1)
        {
            if (row.Topic.QoS == QoS.ExactlyOnce && granted == QoS.ExactlyOnce)
            {
                findings.Add(Fault.Duplicated, Text(row, number, $"copy {copies}"));
            }
        }
        else if (number < row.Highest && isOrdered)
        {
            findings.Add(Fault.Reordered, Text(row, number, $"after {row.Highest}"));
        }

        row.Highest = Math.Max(row.Highest, number);
    }

    private string Text(Row row, int number, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{owner}: {row.Topic.Name} number {number} (QoS {(int)row.Topic.QoS}), {what}");

    private sealed class Row(PublishedTopic topic)
    {
        private readonly List<byte> _copies = [];

        public PublishedTopic Topic => topic;

        public int Highest { get; set; } = -1;

        public int CountOf(int number) => number < _copies.Count ? _copies[number] : 0;

        /// <summary>Counts one more copy.</summary>
        public int Count(int number)
        {
            while (_copies.Count <= number)
            {
                _copies.Add(0);
            }

            return _copies[number] == byte.MaxValue ? byte.MaxValue : ++_copies[number];
        }
    }
}
