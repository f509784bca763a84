using System.Diagnostics;
using Godwit.Client.Connections;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Sessions;

/// <summary>One SUBSCRIBE or UNSUBSCRIBE and the task that its caller waits for, which gets one reason code a filter.</summary>
internal sealed class Request : TaskCompletionSource<RequestAnswer>
{
    private readonly byte[] _filterBytes;
    private readonly byte[] _properties;
    private readonly SubscriptionOptions _options;

    private Request(PacketType type, IReadOnlyList<byte[]> filters, byte[] filterBytes, byte[] properties, SubscriptionOptions options)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        Type = type;
        Filters = filters;
        _options = options;
        _filterBytes = filterBytes;
        _properties = properties;
    }

    /// <summary>Subscribe or Unsubscribe.</summary>
    public PacketType Type { get; }

    /// <summary>UTF-8, in order, at least one.</summary>
    public IReadOnlyList<byte[]> Filters { get; }

    /// <summary>Of the packet that was sent last; 0 before.</summary>
    public ushort PacketId { get; private set; }

    /// <summary>Its caller gave up waiting.</summary>
    public bool IsWithdrawn { get; set; }

    public static Request Subscribe(IReadOnlyList<byte[]> filters, SubscriptionOptions options, byte[] properties)
    {
        var writer = new SubscribeFilterWriter(stackalloc byte[256]);
        foreach (var filter in filters)
        {
            writer.Add(filter, options);
        }

        var bytes = writer.FilterBytes.ToArray();
        writer.Dispose();
        return new Request(PacketType.Subscribe, filters, bytes, properties, options);
    }

    public static Request Unsubscribe(IReadOnlyList<byte[]> filters, byte[] properties)
    {
        var writer = new UnsubscribeFilterWriter(stackalloc byte[256]);
        foreach (var filter in filters)
        {
            writer.Add(filter);
        }

        var bytes = writer.FilterBytes.ToArray();
        writer.Dispose();
        return new Request(PacketType.Unsubscribe, filters, bytes, properties, default);
    }

    /// <summary>The same SUBSCRIBE for those of its filters that are still in force; nobody waits for it.</summary>
    public Request Again(IReadOnlyList<byte[]> filters)
    {
        var request = Subscribe(filters, _options, _properties);
        request.Task.Forget();
        return request;
    }

    /// <summary>The server does not take this request; the caller is told. [MQTT-3.2.2-15]</summary>
    /// <returns>False: there is nothing against it.</returns>
    public bool FailIfNotAccepted(MqttConnectResult server, ProtocolVersion version)
    {
        if (Measure(version) > server.MaximumPacketSize)
        {
            return Refuse(DisconnectReasonCode.PacketTooLarge, $"The server takes packets of {server.MaximumPacketSize} bytes at most.");
        }

        if (Type != PacketType.Subscribe)
        {
            return false;
        }

        if (!server.WildcardSubscriptionAvailable && Filters.Any(filter => filter.AsSpan().ContainsAny((byte)'+', (byte)'#')))
        {
            return Refuse(DisconnectReasonCode.WildcardSubscriptionsNotSupported, "The server has no wildcard subscriptions.");
        }

        if (!server.SharedSubscriptionAvailable && Filters.Any(filter => filter.AsSpan().StartsWith("$share/"u8)))
        {
            return Refuse(DisconnectReasonCode.SharedSubscriptionsNotSupported, "The server has no shared subscriptions.");
        }

        return !server.SubscriptionIdentifierAvailable
            && PropertyBlock.FromTrusted(_properties).TryGet(PropertyId.SubscriptionIdentifier, out _)
            && Refuse(DisconnectReasonCode.SubscriptionIdentifiersNotSupported, "The server has no subscription identifiers.");
    }

    public void Write(PacketOutput output, ushort packetId, ProtocolVersion version)
    {
        Debug.Assert(packetId != 0, "A request has a packet id.");
        PacketId = packetId;
        var destination = output.Append(Measure(version));
        if (Type == PacketType.Subscribe)
        {
            SubscribeOf(packetId).Write(destination, version);
        }
        else
        {
            UnsubscribeOf(packetId).Write(destination, version);
        }
    }

    private bool Refuse(DisconnectReasonCode reasonCode, string words)
    {
        TrySetException(new MqttRequestException(reasonCode, words));
        return true;
    }

    private int Measure(ProtocolVersion version) =>
        Type == PacketType.Subscribe ? SubscribeOf(1).Measure(version) : UnsubscribeOf(1).Measure(version);

    private SubscribePacket SubscribeOf(ushort packetId) =>
        new() { PacketId = packetId, FilterBytes = _filterBytes, Properties = PropertyBlock.FromTrusted(_properties) };

    private UnsubscribePacket UnsubscribeOf(ushort packetId) =>
        new() { PacketId = packetId, FilterBytes = _filterBytes, Properties = PropertyBlock.FromTrusted(_properties) };
}
