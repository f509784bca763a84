using Godwit.Protocol;

namespace Godwit.Server.Security.Authorization;

/// <summary>The answers about one topic or filter of a client: one for each QoS and retain flag, which a source may judge differently. Any thread.</summary>
internal sealed class TopicAnswers
{
    private readonly KnownAnswer?[] _answers = new KnownAnswer?[6];
    private volatile bool _wasAllowed;

    /// <summary>It was allowed once: it may be what a subscription rests on.</summary>
    internal bool WasAllowed => _wasAllowed;

    /// <summary>The answer to a question; null: it was never asked.</summary>
    internal KnownAnswer? Find(QoS qos, bool retain) => Volatile.Read(ref _answers[IndexOf(qos, retain)]);

    /// <summary>The best answer whatever the QoS: one that allows before one that does not, the younger one first.</summary>
    internal KnownAnswer? FindBest(out QoS qos)
    {
        KnownAnswer? best = null;
        qos = QoS.AtMostOnce;
        for (var candidateQoS = QoS.AtMostOnce; candidateQoS <= QoS.ExactlyOnce; candidateQoS++)
        {
            if (Find(candidateQoS, retain: false) is { } answer
                && (best is null || (answer.IsAllowed, answer.Until).CompareTo((best.IsAllowed, best.Until)) > 0))
            {
                (best, qos) = (answer, candidateQoS);
            }
        }

        return best;
    }

    /// <summary>Remembers an answer.</summary>
    internal void Set(QoS qos, bool retain, KnownAnswer answer)
    {
        _wasAllowed |= answer.IsAllowed;
        Volatile.Write(ref _answers[IndexOf(qos, retain)], answer);
    }

    private static int IndexOf(QoS qos, bool retain) => ((int)qos * 2) + (retain ? 1 : 0);
}
