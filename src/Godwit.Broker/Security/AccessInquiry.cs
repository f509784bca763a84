using Godwit.Protocol;

namespace Godwit.Broker.Security;

/// <summary>
/// The rights that one packet of a client needs and that are not decided. While it is open its connection is not read, so nothing overtakes the
/// packet. Its answers are for this packet alone. Questions do not change; the rest is the shard's.
/// </summary>
public sealed class AccessInquiry
{
    private IReadOnlyList<AccessAnswer> _answers = [];

    internal AccessInquiry(IReadOnlyList<AccessQuestion> questions, long askedMs) => (Questions, AskedMs) = (questions, askedMs);

    /// <summary>At least one; a SUBSCRIBE has one for each filter that is not decided.</summary>
    public IReadOnlyList<AccessQuestion> Questions { get; }

    internal long AskedMs { get; }

    internal void Answer(IReadOnlyList<AccessAnswer> answers) => _answers = answers;

    internal AccessAnswer AnswerTo(AccessAction action, ReadOnlySpan<byte> topic, QoS qos, bool retain)
    {
        for (var i = 0; i < Questions.Count && i < _answers.Count; i++)
        {
            if (Questions[i].IsAbout(action, topic, qos, retain))
            {
                return _answers[i];
            }
        }

        return AccessAnswer.Undecided;
    }
}
