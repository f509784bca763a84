using Godwit.Client.Connections;
using Godwit.Protocol;
using Godwit.Protocol.Delivery;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Sessions;

/// <summary>
/// SUBSCRIBE and UNSUBSCRIBE on their way, and the subscriptions that came of them. A request whose connection is lost is sent again on
/// the next. Guarded by the session's gate.
/// </summary>
internal sealed class RequestTable(ProtocolVersion version, OutboundDelivery<OutboundMessage> delivery)
{
    /// <summary>Calls that may wait for a connection. One more fails.</summary>
    private const int WaitingMax = 10_000;

    private readonly List<Request> _sent = [];
    private readonly Dictionary<byte[], Request> _subscriptions = new(Utf8Comparer.Instance);
    private Queue<Request> _waiting = new();

    /// <summary>A request waits or has been sent.</summary>
    public bool IsPending => _sent.Count > 0 || _waiting.Count > 0;

    /// <summary>Takes a call into the queue.</summary>
    /// <exception cref="MqttRequestException">Too many requests wait already.</exception>
    public void Enqueue(Request request)
    {
        if (_waiting.Count >= WaitingMax)
        {
            throw new MqttRequestException(DisconnectReasonCode.QuotaExceeded, $"{WaitingMax} requests wait to be sent already.");
        }

        _waiting.Enqueue(request);
    }

    /// <summary>A connection is established: requests that an earlier one did not answer come first, in their order.</summary>
    /// <param name="sessionPresent">False: the server has forgotten the subscriptions; they are made again.</param>
    public void BeginConnection(bool sessionPresent)
    {
        var waiting = new Queue<Request>();
        if (!sessionPresent && _subscriptions.Count > 0)
        {
            foreach (var request in _subscriptions.Values.Distinct())
            {
                var filters = request.Filters.Where(filter => _subscriptions.TryGetValue(filter, out var last) && last == request);
                waiting.Enqueue(request.Again([.. filters]));
            }
        }

        foreach (var request in _sent.Concat(_waiting))
        {
            waiting.Enqueue(request);
        }

        _sent.Clear();
        _waiting = waiting;
    }

    /// <summary>Sends what waits, as long as there are packet ids.</summary>
    public void Pump(PacketOutput output, MqttConnectResult server)
    {
        while (!output.IsCompleted && _waiting.TryPeek(out var request))
        {
            if (!request.IsWithdrawn && !request.FailIfNotAccepted(server, version))
            {
                if (!delivery.TryBeginRequest(out var packetId))
                {
                    return;
                }

                _sent.Add(request);
                request.Write(output, packetId, version);
            }

            _waiting.Dequeue();
        }
    }

    /// <summary>SUBACK or UNSUBACK. [MQTT-3.8.4-2] [MQTT-3.8.4-6] [MQTT-3.11.3-1]</summary>
    /// <returns>Not null: it answers nothing that was asked, or has the wrong number of codes.</returns>
    public Violation? OnAnswer(PacketType requestType, ushort packetId, RequestAnswer answer)
    {
        var name = requestType == PacketType.Subscribe ? "SUBACK" : "UNSUBACK";
        if (_sent.Find(sent => sent.PacketId == packetId) is not { } request || request.Type != requestType)
        {
            return Violation.Forbidden($"{name}: no request has the packet id {packetId}");
        }

        var count = request.Filters.Count;
        if (answer.ReasonCodes.Length != count && (requestType == PacketType.Subscribe || version == ProtocolVersion.Mqtt5))
        {
            return Violation.Forbidden($"{name}: {answer.ReasonCodes.Length} reason codes for {count} filters");
        }

        delivery.OnResponse(packetId);
        _sent.Remove(request);
        Remember(request, answer);
        request.TrySetResult(answer);
        return null;
    }

    /// <summary>There will be no other connection for now: all callers are told.</summary>
    public void Fail(Exception exception)
    {
        foreach (var request in _sent.Concat(_waiting))
        {
            request.TrySetException(exception);
        }

        _sent.Clear();
        _waiting.Clear();
    }

    private void Remember(Request request, RequestAnswer answer)
    {
        for (var i = 0; i < request.Filters.Count; i++)
        {
            if (request.Type == PacketType.Unsubscribe)
            {
                _subscriptions.Remove(request.Filters[i]);
            }
            else if (((SubackReasonCode)answer.ReasonCodes[i]).IsError())
            {
                _subscriptions.Remove(request.Filters[i]);
            }
            else
            {
                _subscriptions[request.Filters[i]] = request;
            }
        }
    }
}
