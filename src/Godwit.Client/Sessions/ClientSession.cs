using Godwit.Client.Connections;
using Godwit.Protocol;

namespace Godwit.Client.Sessions;

/// <summary>
/// The client's side of the Session State, which outlives connections, and the meaning of every packet from the server. All its state is
/// guarded by one gate, which is never held while waiting; nothing in here runs code of the user.
/// </summary>
internal sealed partial class ClientSession
{
    private readonly MqttClientOptions _options;
    private readonly PublishSender _publishes;
    private readonly RequestTable _requests;
    private readonly MessageReceiver _messages;
    private ClientConnection? _connection;          // established and not over
    private MqttConnectResult _server = new();
    private bool _isOpen;                           // there is a connection, or one is being made
    private bool _mayBeResumed;

    public ClientSession(MqttClientOptions options)
    {
        _options = options;
        _publishes = new PublishSender(options.SendQueueMax);
        _requests = new RequestTable(options.Version, _publishes.Delivery);
        _messages = new MessageReceiver(this, options);
        ClientId = options.ClientId.Length == 0 && options.Version == ProtocolVersion.Mqtt31 ? RandomClientId() : options.ClientId;
    }

    /// <summary>Guards everything of session and connection.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The Client Identifier for the next CONNECT: the options', or what the server assigned.</summary>
    public string ClientId { get; private set; }

    /// <summary>Clean Start for the next CONNECT: the options' wish at first; then the client goes on with its own session.</summary>
    public bool CleanStart => _options.CleanStart && !_mayBeResumed;

    /// <summary>QoS 0 messages that were thrown away because the reader was slow.</summary>
    public long DroppedCount
    {
        get
        {
            lock (Gate)
            {
                return _messages.Queue.DroppedCount;
            }
        }
    }

    /// <summary>The socket is not read because the reader does not keep up.</summary>
    public bool IsReceivingPaused
    {
        get
        {
            lock (Gate)
            {
                return _connection is { IsReadingPaused: true };
            }
        }
    }

    /// <summary>The reader does not keep up.</summary>
    public bool IsMessageQueueFull => _messages.Queue.IsFull;

    /// <summary>
    /// The socket is to be left alone: the reader does not keep up and no answer is awaited. If one is, reading goes on, so that the
    /// reader itself may publish and subscribe without a dead-lock.
    /// </summary>
    public bool MustPauseReading => _messages.Queue.IsFull && !_publishes.IsPending && !_requests.IsPending;

    /// <summary>Sends what waits and may be sent now, and wakes the writer. Called with the gate.</summary>
    public void Pump()
    {
        if (_connection is not { } connection)
        {
            return;
        }

        if (!connection.IsClosing)
        {
            _requests.Pump(connection.Output, _server);
            _publishes.Pump(connection.Output, _server);
        }

        connection.Output.Signal();
        connection.ResumeReading();
    }

    /// <summary>Takes a PublishAsync call.</summary>
    public void Enqueue(OutboundMessage message)
    {
        lock (Gate)
        {
            RequireOpen();
            _publishes.Enqueue(message);
            Pump();
        }
    }

    /// <summary>Takes a SubscribeAsync or UnsubscribeAsync call.</summary>
    public void Enqueue(Request request)
    {
        lock (Gate)
        {
            RequireOpen();
            _requests.Enqueue(request);
            Pump();
        }
    }

    /// <summary>The caller of PublishAsync gave up.</summary>
    public void Withdraw(OutboundMessage message)
    {
        lock (Gate)
        {
            _publishes.Withdraw(message);
        }
    }

    /// <summary>Completes when no message of this client is queued or in flight, and none that it has answered waits for its PUBREL.</summary>
    public Task WhenSettled()
    {
        lock (Gate)
        {
            return Task.WhenAll(_publishes.WhenSettled(), _messages.WhenReleased());
        }
    }

    /// <summary>The reader is done with a message.</summary>
    public void Acknowledge(MqttMessage message)
    {
        lock (Gate)
        {
            _messages.Acknowledge(OpenOutput, message);
            Pump();
        }
    }

    /// <summary>The reader wants the next message and is done with the one before.</summary>
    /// <param name="previous">Null at first.</param>
    /// <param name="message">With true: the message, or null at the end.</param>
    /// <param name="arrival">With false: the task to wait for before asking again.</param>
    /// <exception cref="MqttException">The connection was lost for good.</exception>
    public bool TryTakeMessage(MqttMessage? previous, out MqttMessage? message, out Task arrival)
    {
        lock (Gate)
        {
            if (previous is not null)
            {
                _messages.Acknowledge(OpenOutput, previous);
            }

            var isTaken = _messages.Queue.TryDequeue(out message);
            Pump();                             // the acknowledgement goes out, and there is room for another message
            arrival = Task.CompletedTask;
            if (isTaken || _messages.Queue.CheckEnded())
            {
                return true;
            }

            arrival = _messages.Queue.WaitAsync();
            return false;
        }
    }

    /// <summary>ConnectAsync begins: messages may be read from now on.</summary>
    public void Open()
    {
        lock (Gate)
        {
            _isOpen = true;
            _messages.Queue.Open();
        }
    }

    /// <summary>The connection is over; another may follow. Called with the gate.</summary>
    public void OnConnectionEnded(ClientConnection connection)
    {
        if (_connection == connection)
        {
            _connection = null;
        }
    }

    /// <summary>There will be no other connection unless the user asks for one: everybody who waits is told.</summary>
    /// <param name="failure">For publishers and subscribers.</param>
    /// <param name="readerFailure">For the reader of messages; null: the end is what the user wanted.</param>
    public void End(Exception failure, Exception? readerFailure)
    {
        lock (Gate)
        {
            _isOpen = false;
            _publishes.Fail(failure);
            _requests.Fail(failure);
            _messages.Queue.End(readerFailure);
        }
    }

    private PacketOutput? OpenOutput => _connection is { IsClosing: false } connection ? connection.Output : null;

    private void RequireOpen()
    {
        if (!_isOpen)
        {
            throw new InvalidOperationException("The client is not connected.");
        }
    }

    private static string RandomClientId() =>
        "godwit-" + Random.Shared.GetHexString(16, lowercase: true);       // 3.1 allows 1 to 23 characters
}
