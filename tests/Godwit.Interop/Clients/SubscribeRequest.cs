namespace Godwit.Interop.Clients;

/// <summary>What a client program is asked to connect with and subscribe to.</summary>
public sealed record SubscribeRequest
{
    public required MqttVersion Version { get; init; }

    /// <summary>One SUBSCRIBE with these filters; empty for none.</summary>
    public required IReadOnlyList<string> Filters { get; init; }

    public required int QoS { get; init; }

    public required string ClientId { get; init; }

    /// <summary>False asks for a persistent session; in 5.0 with a Session Expiry of at least an hour unless one is given.</summary>
    public bool CleanStart { get; init; } = true;

    public int? SessionExpirySeconds { get; init; }

    public Will? Will { get; init; }

    /// <summary>The test will end it by <see cref="IReceiver.KillAsync"/>, so it must not share its process with others.</summary>
    public bool IsKilled { get; init; }

    /// <summary>Another connection will take the client id: a program that can stay away afterwards, shall.</summary>
    public bool IsTakenOver { get; init; }

    public int? SubscriptionIdentifier { get; init; }

    public bool NoLocal { get; init; }

    public bool RetainAsPublished { get; init; }

    public int RetainHandling { get; init; }

    public int? ReceiveMaximum { get; init; }

    public int? TopicAliasMaximum { get; init; }
}
