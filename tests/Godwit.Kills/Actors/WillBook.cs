using System.Collections.Concurrent;
using Godwit.Kills.Judging;
using Godwit.Kills.Messages;
using Godwit.Protocol;

namespace Godwit.Kills.Actors;

/// <summary>The wills of all clients of a run: how each must end, and what their watcher got.</summary>
internal sealed class WillBook(IReadOnlyList<PublishedTopic> topics, Inbox watcher, Findings findings)
{
    private readonly ConcurrentDictionary<(PublishedTopic Topic, int Number), bool> _isDue = [];

    /// <summary>One for each client.</summary>
    public IReadOnlyList<PublishedTopic> Topics => topics;

    /// <summary>How many ends are certain.</summary>
    public int Count => _isDue.Count;

    /// <summary>The will must be published exactly once.</summary>
    public void IsDue(PublishedTopic topic, int number) => _isDue[(topic, number)] = true;

    /// <summary>The will must not be published.</summary>
    public void IsOff(PublishedTopic topic, int number) => _isDue[(topic, number)] = false;

    /// <summary>The watcher has it.</summary>
    public bool HasCome(PublishedTopic topic, int number) => watcher.CountOf(topic.Name, number) > 0;

    /// <summary>Wills that must come and have not.</summary>
    public int Missing => _isDue.Count(will => will.Value && !HasCome(will.Key.Topic, will.Key.Number));

    /// <summary>Tells what came too often or not at all; of what is not certain only the former.</summary>
    public void Judge()
    {
        foreach (var topic in topics)
        {
            for (var number = 0; number < topic.Count; number++)
            {
                var copies = watcher.CountOf(topic.Name, number);
                var isKnown = _isDue.TryGetValue((topic, number), out var isDue);
                if (isKnown && isDue && copies == 0)
                {
                    findings.Add(Fault.WillLost, $"{topic.Name} number {number}");
                }
                else if (isKnown && !isDue && copies > 0)
                {
                    findings.Add(Fault.WillUnwanted, $"{topic.Name} number {number}");
                }
                else if (copies > 1 && topic.QoS == QoS.ExactlyOnce)
                {
                    findings.Add(Fault.WillDuplicated, $"{topic.Name} number {number}: {copies} times");
                }
            }
        }
    }
}
