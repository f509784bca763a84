using System.Text;
using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Harness;

/// <summary>Rights as a test wants them: everybody may do everything that the test does not take away.</summary>
public sealed class TestAccess : IAccessPolicy
{
    /// <summary>What every CONNECT is answered with.</summary>
    public ConnackReasonCode ConnectAnswer { get; set; } = ConnackReasonCode.Success;

    /// <summary>The only password that is good; null: any.</summary>
    public string? Password { get; set; }

    /// <summary>Topics nobody may publish to.</summary>
    public HashSet<string> DeniedTopics { get; } = [];

    /// <summary>Filters nobody may subscribe to.</summary>
    public HashSet<string> DeniedFilters { get; } = [];

    /// <summary>Topics nobody may receive.</summary>
    public HashSet<string> UnreadableTopics { get; } = [];

    /// <summary>Topics whose retained messages come from somebody who may no longer publish them.</summary>
    public HashSet<string> WithdrawnTopics { get; } = [];

    /// <summary>How often CONNECT was asked about.</summary>
    public int ConnectCount { get; private set; }

    public ConnackReasonCode Connect(in ConnectPacket connect)
    {
        ConnectCount++;
        return Password is not null && !(connect.HasPassword && Encoding.UTF8.GetString(connect.Password) == Password)
            ? ConnackReasonCode.BadUserNameOrPassword
            : ConnectAnswer;
    }

    public bool MayPublish(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => !DeniedTopics.Contains(Encoding.UTF8.GetString(topic));

    public bool MaySubscribe(in Subject who, ReadOnlySpan<byte> filter, QoS qos) => !DeniedFilters.Contains(Encoding.UTF8.GetString(filter));

    public bool ChecksDelivery => UnreadableTopics.Count + WithdrawnTopics.Count > 0;

    public bool MayReceive(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => !UnreadableTopics.Contains(Encoding.UTF8.GetString(topic));

    public bool MayStillPublish(in Subject publisher, ReadOnlySpan<byte> topic) => !WithdrawnTopics.Contains(Encoding.UTF8.GetString(topic));
}
