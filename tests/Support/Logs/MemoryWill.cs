using Godwit.Broker.Log;
using Godwit.Protocol;

namespace Godwit.Tests.Logs;

/// <summary>A will that stays.</summary>
public sealed class MemoryWill(in WillRecord will)
{
    private readonly uint _sessionNo = will.SessionNo;
    private readonly string _clientId = will.ClientId;
    private readonly string? _userName = will.UserName;
    private readonly byte[] _topic = will.Topic.ToArray();
    private readonly byte[] _payload = will.Payload.ToArray();
    private readonly byte[] _properties = will.Properties.ToArray();
    private readonly QoS _qos = will.QoS;
    private readonly bool _retain = will.Retain;
    private readonly long _delayMs = will.DelayMs;
    private readonly long _expiryMs = will.ExpiryMs;
    private readonly long _dueAtMs = will.DueAtMs;

    public WillRecord ToRecord() => new()
    {
        SessionNo = _sessionNo,
        ClientId = _clientId,
        UserName = _userName,
        Topic = _topic,
        Payload = _payload,
        Properties = _properties,
        QoS = _qos,
        Retain = _retain,
        DelayMs = _delayMs,
        ExpiryMs = _expiryMs,
        DueAtMs = _dueAtMs,
    };
}
