using System.Buffers;
using Godwit.Client.Connections;
using Godwit.Client.Sessions;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client;

/// <summary>
/// An MQTT 3.1, 3.1.1 or 5.0 client. All members may be called from any thread at any time, also while messages are being read. QoS 1
/// and 2 messages survive a lost connection; whether it is made again is <see cref="MqttClientOptions.Reconnect"/>.
/// </summary>
public sealed partial class MqttClient : IAsyncDisposable
{
    private const int BodySizeMax = (int)VariableByteInteger.MaxValue - 8;      // two lengths of 2 and 4 bytes, and the packet id

    private readonly MqttClientOptions _options;
    private readonly ClientSession _session;
    private readonly MessageReader _messages;

    /// <summary>A client that is not connected yet.</summary>
    /// <exception cref="ArgumentException">The options contradict themselves or the protocol version.</exception>
    public MqttClient(MqttClientOptions options)
    {
        OptionsCheck.Check(options);
        _options = options;
        _session = new ClientSession(options);
        _messages = new MessageReader(_session);
    }

    /// <summary>
    /// The messages that arrive, for one <c>await foreach</c> at a time. A message is acknowledged when the next one is taken; leaving the
    /// loop does not acknowledge the last (<see cref="MqttMessage.AckAsync"/> does). The loop ends after DisconnectAsync and DisposeAsync,
    /// and throws <see cref="MqttConnectionLostException"/> when the connection is lost for good.
    /// </summary>
    public IAsyncEnumerable<MqttMessage> Messages => _messages;

    /// <summary>QoS 0 messages that were thrown away because they were not read in time while an answer was awaited.</summary>
    public long Dropped => _session.DroppedCount;

    /// <summary>Messages are not read fast enough, so the socket is not read either, and the server must wait.</summary>
    public bool IsReceivingPaused => _session.IsReceivingPaused;

    /// <summary>A client that is connected.</summary>
    /// <param name="server"><c>mqtt://host:port</c>.</param>
    /// <param name="configure">Changes the other options; null: the defaults.</param>
    /// <param name="ct">Ends the attempt.</param>
    /// <exception cref="MqttConnectException">There is no connection; nothing is left to dispose.</exception>
    public static async Task<MqttClient> ConnectAsync(
        string server, Func<MqttClientOptions, MqttClientOptions>? configure = null, CancellationToken ct = default)
    {
        var options = new MqttClientOptions { Server = new Uri(server) };
        var client = new MqttClient(configure is null ? options : configure(options));
        try
        {
            await client.ConnectAsync(ct).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Publishes a message.</summary>
    /// <param name="topic">Topic Name.</param>
    /// <param name="payload">Must not change until the task completes.</param>
    /// <param name="qos">Quality of Service.</param>
    /// <param name="retain">The server keeps the message for later subscribers.</param>
    /// <param name="ct">Before the message is sent: it never will be. Afterwards: only the waiting ends.</param>
    /// <returns>
    /// Completes when the message is written (QoS 0), or acknowledged by PUBACK (QoS 1) or PUBCOMP (QoS 2), also across a new connection.
    /// A server that refuses is a result with its reason code.
    /// </returns>
    /// <exception cref="ArgumentException">The topic is not a topic name.</exception>
    /// <exception cref="InvalidOperationException">There is no connection and none is being made.</exception>
    /// <exception cref="MqttRequestException">The server has said that it does not take such a message, or too many wait.</exception>
    /// <exception cref="MqttConnectionLostException">The connection was lost, and will not be made again or the session is lost.</exception>
    public ValueTask<MqttPublishResult> PublishAsync(
        string topic, ReadOnlyMemory<byte> payload, MqttQoS qos = default, bool retain = false, CancellationToken ct = default) =>
        PublishAsync(topic, payload, [], qos, retain, ct);

    /// <summary>Publishes a message with properties; else like the other PublishAsync.</summary>
    public ValueTask<MqttPublishResult> PublishAsync(
        string topic, ReadOnlySequence<byte> payload, MqttPublishOptions options, CancellationToken ct = default)
    {
        TextCheck.CheckMessageProperties(options, nameof(options));
        var properties = PropertyTexts.EncodeMessageProperties(options);
        RequireVersion5(properties.Length > 0, nameof(options));
        var bytes = payload.IsSingleSegment ? payload.First : payload.ToArray();
        return PublishAsync(topic, bytes, properties, options.QoS, options.Retain, ct);
    }

    /// <summary>Subscribes with one SUBSCRIBE; messages arrive in <see cref="Messages"/>.</summary>
    /// <param name="filters">Topic Filters, at least one.</param>
    /// <param name="options">For all of them; null: QoS 0.</param>
    /// <param name="ct">Ends the waiting; the server may have the subscription all the same.</param>
    /// <returns>One reason code a filter, refusals included. The subscriptions are made again after a connection without session.</returns>
    /// <exception cref="ArgumentException">No filter, or one that is not valid.</exception>
    /// <exception cref="InvalidOperationException">There is no connection and none is being made.</exception>
    /// <exception cref="MqttRequestException">The server has said that it does not take such a subscription.</exception>
    /// <exception cref="MqttConnectionLostException">The connection was lost and will not be made again.</exception>
    public async Task<MqttSubscribeResult> SubscribeAsync(
        IReadOnlyList<string> filters, MqttSubscribeOptions? options = null, CancellationToken ct = default)
    {
        options ??= new MqttSubscribeOptions();
        var utf8 = EncodeFilters(filters);
        if (options.NoLocal && utf8.Exists(filter => filter.AsSpan().StartsWith("$share/"u8)))
        {
            throw new ArgumentException("No Local must not be set on a shared subscription.", nameof(options));     // [MQTT-3.8.3-4]
        }

        var properties = EncodeProperties(options);
        RequireVersion5(properties.Length > 0 || options with { QoS = default } != new MqttSubscribeOptions(), nameof(options));
        var wire = new SubscriptionOptions((QoS)options.QoS, options.NoLocal, options.RetainAsPublished, options.RetainHandling);
        var answer = await RequestAsync(Request.Subscribe(utf8, wire, properties), ct).ConfigureAwait(false);
        return new MqttSubscribeResult([.. answer.ReasonCodes.Select(code => (SubackReasonCode)code)], answer.ReasonString);
    }

    /// <summary>Ends subscriptions with one UNSUBSCRIBE; else like <see cref="SubscribeAsync"/>.</summary>
    /// <param name="filters">Topic Filters exactly as they were subscribed, at least one.</param>
    /// <param name="ct">Ends the waiting; the server may have ended the subscription all the same.</param>
    public async Task<MqttUnsubscribeResult> UnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken ct = default)
    {
        var request = Request.Unsubscribe(EncodeFilters(filters), []);
        var answer = await RequestAsync(request, ct).ConfigureAwait(false);
        var codes = answer.ReasonCodes.Length == 0 ? new byte[filters.Count] : answer.ReasonCodes;
        return new MqttUnsubscribeResult([.. codes.Select(code => (UnsubackReasonCode)code)], answer.ReasonString);
    }

    private static List<byte[]> EncodeFilters(IReadOnlyList<string> filters)
    {
        if (filters.Count == 0)
        {
            throw new ArgumentException("There is no topic filter.", nameof(filters));      // [MQTT-3.8.3-2] [MQTT-3.10.3-2]
        }

        return [.. filters.Select(filter => TextCheck.EncodeFilter(filter, nameof(filters)))];
    }

    private static byte[] EncodeProperties(MqttSubscribeOptions options)
    {
        if (options.SubscriptionIdentifier > VariableByteInteger.MaxValue)
        {
            throw new ArgumentException("A subscription identifier is 1 to 268,435,455.", nameof(options));
        }

        TextCheck.CheckUserProperties(options.UserProperties, nameof(options));
        var writer = new PropertyWriter(stackalloc byte[64]);
        if (options.SubscriptionIdentifier > 0)
        {
            writer.Add(PropertyId.SubscriptionIdentifier, options.SubscriptionIdentifier);
        }

        PropertyTexts.AddUserProperties(ref writer, options.UserProperties);
        var bytes = writer.Block.Bytes.ToArray();
        writer.Dispose();
        return bytes;
    }

    private void RequireVersion5(bool hasProperties, string name)
    {
        if (hasProperties && _options.Version != ProtocolVersion.Mqtt5)
        {
            throw new ArgumentException("Properties and subscription options exist only in MQTT 5.0.", name);
        }
    }

    private ValueTask<MqttPublishResult> PublishAsync(
        string topic, ReadOnlyMemory<byte> payload, byte[] properties, MqttQoS qos, bool retain, CancellationToken ct)
    {
        if (qos > MqttQoS.ExactlyOnce)
        {
            throw new ArgumentOutOfRangeException(nameof(qos), qos, "QoS is 0, 1 or 2.");       // [MQTT-3.3.1-4] [MQTT3-3.3.1-4]
        }

        ct.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(State == MqttState.Closed, this);
        var utf8 = TextCheck.EncodeTopic(topic, nameof(topic));
        if ((long)utf8.Length + payload.Length + properties.Length > BodySizeMax)
        {
            throw new ArgumentException($"Topic, properties and payload have more than {BodySizeMax} bytes.", nameof(payload));
        }

        var message = new OutboundMessage(utf8, payload, properties, qos, retain, _options.Version);
        _session.Enqueue(message);
        return ct.CanBeCanceled ? new(WaitAsync(message, ct)) : new(message.Task);
    }

    private async Task<MqttPublishResult> WaitAsync(OutboundMessage message, CancellationToken ct)
    {
        try
        {
            return await message.Task.WaitAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _session.Withdraw(message);
            message.Task.Forget();
            throw;
        }
    }

    private async Task<RequestAnswer> RequestAsync(Request request, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(State == MqttState.Closed, this);
        _session.Enqueue(request);
        try
        {
            return await request.Task.WaitAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            request.IsWithdrawn = true;
            request.Task.Forget();
            throw;
        }
    }
}
