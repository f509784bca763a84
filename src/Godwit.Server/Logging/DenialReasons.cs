using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Server.Security.Acl;

namespace Godwit.Server.Logging;

/// <summary>Who can say why something was denied.</summary>
internal static class DenialReasons
{
    /// <summary>The rules, when there are some; null: nobody can.</summary>
    internal static DenialReason? Of(IAccessPolicy access)
    {
        if (access is not AclPolicy rules)
        {
            return null;
        }

        return (in Subject who, bool isSubscribe, ReadOnlySpan<byte> topic, QoS qos, bool retain) =>
            rules.Decide(who, isSubscribe ? AclActions.Subscribe : AclActions.Publish, topic, qos, retain).Reason;
    }
}
