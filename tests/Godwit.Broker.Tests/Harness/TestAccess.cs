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

    public bool ChecksDelivery => false;

    public bool MayReceive(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => true;

    public bool MayStillPublish(in Subject publisher, ReadOnlySpan<byte> topic) => true;
}
