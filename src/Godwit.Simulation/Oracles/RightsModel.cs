using System.Text;
using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Simulation.Oracles;

/// <summary>
/// Rights to a few topics that are taken away and given back while the broker runs: what the broker asks, and the record of it that the oracle judges by.
/// Of messages on these topics nobody is owed any; what matters is who gets them without the right.
/// </summary>
internal sealed class RightsModel : IAccessPolicy
{
    /// <summary>The topics; all begin so.</summary>
    public const string Prefix = "g/";

    private static readonly byte[] PrefixBytes = Encoding.UTF8.GetBytes(Prefix);

    private readonly Dictionary<(string ClientId, bool IsPublish, string Topic), List<Denial>> _denials = [];

    /// <summary>Nothing on the wire says it, so the oracle tells the time of changes.</summary>
    public long Tick { get; set; }

    bool IAccessPolicy.ChecksDelivery => true;

    /// <summary>Takes a right away, or gives it back.</summary>
    /// <returns>True: it is gone now.</returns>
    public bool Change(string clientId, bool isPublish, string topic)
    {
        if (!_denials.TryGetValue((clientId, isPublish, topic), out var list))
        {
            list = [];
            _denials.Add((clientId, isPublish, topic), list);
        }

        if (list is [.., { To: long.MaxValue } last])
        {
            last.To = Tick;
            return false;
        }

        list.Add(new Denial { From = Tick });
        return true;
    }

    /// <summary>The right was missing for the whole of a window.</summary>
    public bool IsDenied(string clientId, bool isPublish, string topic, long from, long to) =>
        _denials.TryGetValue((clientId, isPublish, topic), out var list) && list.Exists(denial => denial.From < from && denial.To > to);

    ConnackReasonCode IAccessPolicy.Connect(in ConnectPacket connect) => ConnackReasonCode.Success;

    bool IAccessPolicy.MayPublish(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => May(who, isPublish: true, topic);

    bool IAccessPolicy.MaySubscribe(in Subject who, ReadOnlySpan<byte> filter, QoS qos) => true;

    bool IAccessPolicy.MayReceive(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => May(who, isPublish: false, topic);

    bool IAccessPolicy.MayStillPublish(in Subject publisher, ReadOnlySpan<byte> topic) => May(publisher, isPublish: true, topic);

    private bool May(in Subject who, bool isPublish, ReadOnlySpan<byte> topic) =>
        !topic.StartsWith(PrefixBytes)
        || !_denials.TryGetValue((who.ClientId, isPublish, Encoding.UTF8.GetString(topic)), out var list)
        || list is not [.., { To: long.MaxValue }];

    /// <summary>A time without the right, in ticks.</summary>
    private sealed class Denial
    {
        public required long From { get; init; }

        public long To { get; set; } = long.MaxValue;
    }
}
