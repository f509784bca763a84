using System.Text;
using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Harness;

/// <summary>
/// Rights that a test takes away and gives back while the broker runs. Who is meant is named by user name or client identifier; a topic is denied with all
/// that is below it.
/// </summary>
public sealed class TestRights : IAccessPolicy
{
    private readonly HashSet<(string Who, string Right, string Topic)> _denied = [];

    public bool ChecksDelivery { get; set; } = true;

    /// <summary>What was asked, e.g. <c>receive user t AtLeastOnce retain</c>.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Takes a right away: <c>publish</c>, <c>subscribe</c> or <c>receive</c>.</summary>
    public TestRights Deny(string who, string right, string topic)
    {
        _denied.Add((who, right, topic));
        return this;
    }

    /// <summary>Gives it back.</summary>
    public void Allow(string who, string right, string topic) => _denied.Remove((who, right, topic));

    public ConnackReasonCode Connect(in ConnectPacket connect) => ConnackReasonCode.Success;

    public bool MayPublish(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => May(who, "publish", topic, $"{qos}{(retain ? " retain" : "")}");

    public bool MaySubscribe(in Subject who, ReadOnlySpan<byte> filter, QoS qos) => May(who, "subscribe", filter, $"{qos}");

    public bool MayReceive(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => May(who, "receive", topic, $"{qos}{(retain ? " retain" : "")}");

    public bool MayStillPublish(in Subject publisher, ReadOnlySpan<byte> topic) => May(publisher, "publish", topic, "still");

    private bool May(in Subject who, string right, ReadOnlySpan<byte> utf8, string with)
    {
        var topic = Encoding.UTF8.GetString(utf8);
        Asked.Add($"{right} {who.UserName ?? who.ClientId} {topic} {with}");
        foreach (var (name, denied, below) in _denied)
        {
            var isMeant = name == who.UserName || name == who.ClientId;
            if (isMeant && denied == right && (topic == below || topic.StartsWith(below + "/", StringComparison.Ordinal)))
            {
                return false;
            }
        }

        return true;
    }
}
