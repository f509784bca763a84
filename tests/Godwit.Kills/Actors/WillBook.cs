using System.Collections.Concurrent;
using Godwit.Kills.Judging;
using Godwit.Kills.Messages;
using Godwit.Protocol;

namespace Godwit.Kills.Actors;

/// <summary>The wills of all clients of a run: how each must end, and what their watcher got.</summary>
internal sealed class WillBook(IReadOnlyList<PublishedTopic> topics, Inbox watcher, Findings findings)
{
    private readonly ConcurrentDictionary<(PublishedTopic Topic, int Number), (bool IsDue, string End)> _ends = [];

    /// <summary>One for each client.</summary>
    public IReadOnlyList<PublishedTopic> Topics => topics;

    /// <summary>How many ends are certain.</summary>
    public int Count => _ends.Count;

    /// <summary>The will must be published exactly once.</summary>
    /// <param name="topic">Of the will.</param>
    /// <param name="number">Of the message.</param>
    /// <param name="end">How the connection ended, for a finding.</param>
    public void IsDue(PublishedTopic topic, int number, string end) => _ends[(topic, number)] = (true, end);

    /// <summary>The will must not be published.</summary>
    public void IsOff(PublishedTopic topic, int number, string end) => _ends[(topic, number)] = (false, end);

    /// <summary>The watcher has it.</summary>
    public bool HasCome(PublishedTopic topic, int number) => watcher.CountOf(topic.Name, number) > 0;

    /// <summary>Wills that must come and have not.</summary>
    public int Missing => _ends.Count(will => will.Value.IsDue && !HasCome(will.Key.Topic, will.Key.Number));

    /// <summary>Tells what came too often or not at all; of what is not certain only the former.</summary>
    public void Judge()
    {
        foreach (var topic in topics)
        {
            for (var number = 0; number < topic.Count; number++)
            {
                var copies = watcher.CountOf(topic.Name, number);
                var isKnown = _ends.TryGetValue((topic, number), out var will);
                if (isKnown && will.IsDue && copies == 0)
                {
                    findings.Add(Fault.WillLost, $"{topic.Name} number {number}, {will.End}");
                }
                else if (isKnown && !will.IsDue && copies > 0)
                {
                    findings.Add(Fault.WillUnwanted, $"{topic.Name} number {number}, {will.End}");
                }
                else if (copies > 1 && topic.QoS == QoS.ExactlyOnce)
                {
                    findings.Add(Fault.WillDuplicated, $"{topic.Name} number {number}: {copies} times");
                }
            }
        }
    }
}
