using System.Text;
using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Harness;

/// <summary>Rights of which some have to be asked: those of topics that begin with <c>ask</c>. Nothing is remembered but what the test decides.</summary>
public sealed class TestQuestions : IAccessPolicy
{
    private readonly Dictionary<(AccessAction Action, string Topic), bool> _decided = [];

    public bool ChecksDelivery => true;

    public bool HasToAsk => true;

    /// <summary>From now on it is known.</summary>
    public void Decide(AccessAction action, string topic, bool isAllowed) => _decided[(action, topic)] = isAllowed;

    /// <summary>From now on it has to be asked again.</summary>
    public void Forget(AccessAction action, string topic) => _decided.Remove((action, topic));

    public ConnackReasonCode Connect(in ConnectPacket connect) => ConnackReasonCode.Success;

    public bool MayPublish(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => Answer(AccessAction.Publish, topic) == AccessAnswer.Allowed;

    public bool MaySubscribe(in Subject who, ReadOnlySpan<byte> filter, QoS qos) => Answer(AccessAction.Subscribe, filter) == AccessAnswer.Allowed;

    public bool MayReceive(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => Answer(AccessAction.Receive, topic) == AccessAnswer.Allowed;

    public bool MayStillPublish(in Subject publisher, ReadOnlySpan<byte> topic) => true;

    public bool IsUndecided(in Subject who, AccessAction action, ReadOnlySpan<byte> topic, QoS qos, bool retain) => Answer(action, topic) == AccessAnswer.Undecided;

    private AccessAnswer Answer(AccessAction action, ReadOnlySpan<byte> topic)
    {
        if (_decided.TryGetValue((action, Encoding.UTF8.GetString(topic)), out var isAllowed))
        {
            return isAllowed ? AccessAnswer.Allowed : AccessAnswer.Denied;
        }

        return topic.StartsWith("ask"u8) && action != AccessAction.Receive ? AccessAnswer.Undecided : AccessAnswer.Allowed;
    }
}
