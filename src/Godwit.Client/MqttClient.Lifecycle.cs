using System.Threading.Channels;
using Godwit.Client.Connections;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client;

/// <content>Connecting, connecting again, and the end.</content>
public sealed partial class MqttClient
{
    private const int EventsMax = 64;

    private readonly Lock _lifecycle = new();       // guards the fields below; taken before the session's gate, never while waiting
    private MqttState _state;
    private CancellationTokenSource? _stopping;     // of the present ConnectAsync and what follows from it
    private ClientConnection? _connection;
    private Task _supervision = Task.CompletedTask;
    private Channel<MqttConnectionEvent>? _events;

    /// <summary>Where the client stands.</summary>
    public MqttState State
    {
        get
        {
            lock (_lifecycle)
            {
                return _state;
            }
        }
    }

    /// <summary>
    /// Changes of <see cref="State"/> from the first reading of this property on, for one reader; of more than 64 that nobody has read the
    /// oldest are dropped. Ends with DisposeAsync.
    /// </summary>
    public IAsyncEnumerable<MqttConnectionEvent> ConnectionEvents
    {
        get
        {
            lock (_lifecycle)
            {
                _events ??= Channel.CreateBounded<MqttConnectionEvent>(
                    new BoundedChannelOptions(EventsMax) { FullMode = BoundedChannelFullMode.DropOldest });
                return _events.Reader.ReadAllAsync();
            }
        }
    }

    /// <summary>
    /// Connects. When no CONNACK comes within <see cref="MqttClientOptions.ConnectTimeout"/> the socket is closed and a new one tried, up to
    /// <see cref="MqttClientOptions.ConnectAttemptsMax"/> times. A connection that is lost later is made again if the options say so.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is connected, or another call is at work.</exception>
    /// <exception cref="MqttConnectException">There is no connection.</exception>
    public async Task<MqttConnectResult> ConnectAsync(CancellationToken ct = default)
    {
        var stopping = BeginConnecting();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, stopping.Token);
        try
        {
            var connector = new Connector(_options, _session);
            var connection = await connector.ConnectAsync(either.Token).ConfigureAwait(false);
            var result = await connection.Connack.ConfigureAwait(false);
            lock (_lifecycle)
            {
                if (TryBecomeConnected(connection, result, stopping.Token))
                {
                    _supervision = Task.Run(() => SuperviseAsync(connection, connector, stopping.Token), CancellationToken.None);
                }
            }

            stopping.Token.ThrowIfCancellationRequested();
            return result;
        }
        catch (Exception exception)
        {
            ChangeState(MqttState.Disconnected, exception.Message);
            _session.End(exception, exception);
            throw;
        }
    }

    /// <summary>
    /// Waits until the messages in flight are acknowledged, sends DISCONNECT, waits until the server closes, and closes. Each wait has half
    /// of <see cref="MqttClientOptions.DisconnectTimeout"/>. Without a connection it ends the attempts to make one.
    /// </summary>
    /// <param name="reasonCode">NormalDisconnection or DisconnectWithWillMessage; 3.x knows only the first.</param>
    /// <param name="ct">Ends the wait for messages in flight; the rest follows all the same.</param>
    public async Task DisconnectAsync(DisconnectReasonCode reasonCode = DisconnectReasonCode.NormalDisconnection, CancellationToken ct = default)
    {
        if (Present.Connection is { } connection)
        {
            await WaitUntilSettledAsync(connection, ct).ConfigureAwait(false);
        }

        if (Present.Stopping is { } stopping)
        {
            await stopping.CancelAsync().ConfigureAwait(false);
        }

        // Only now: a connection that is made after this sees that it is not wanted.
        var present = Present;
        if (present.Connection is { } last)
        {
            Close(last, reasonCode);
        }

        await present.Supervision.ConfigureAwait(false);
    }

    /// <summary>Like DisconnectAsync; afterwards the client is of no more use. Never takes longer than the time limits, and never throws.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync().ConfigureAwait(false);
        lock (_lifecycle)
        {
            if (_state != MqttState.Closed)
            {
                _state = MqttState.Closed;
                _events?.Writer.TryWrite(new MqttConnectionEvent(MqttState.Closed, "the client was disposed"));
                _events?.Writer.TryComplete();
            }
        }

        _session.End(new ObjectDisposedException(nameof(MqttClient)), readerFailure: null);
    }

    private (ClientConnection? Connection, CancellationTokenSource? Stopping, Task Supervision) Present
    {
        get
        {
            lock (_lifecycle)
            {
                return (_connection, _stopping, _supervision);
            }
        }
    }

    private CancellationTokenSource BeginConnecting()
    {
        lock (_lifecycle)
        {
            ObjectDisposedException.ThrowIf(_state == MqttState.Closed, this);
            if (_state != MqttState.Disconnected)
            {
                throw new InvalidOperationException($"The client is {_state}; it cannot connect now.");
            }

            ChangeState(MqttState.Connecting, "ConnectAsync was called");
            _stopping = new CancellationTokenSource();
            _session.Open();
            return _stopping;
        }
    }

    private bool TryBecomeConnected(ClientConnection connection, MqttConnectResult result, CancellationToken stopping)
    {
        lock (_lifecycle)
        {
            if (stopping.IsCancellationRequested)
            {
                Close(connection, DisconnectReasonCode.NormalDisconnection);
                return false;
            }

            _connection = connection;
            ChangeState(MqttState.Connected, result.SessionPresent ? "the session goes on" : "a new session begins", result: result);
            return true;
        }
    }

    private void Close(ClientConnection connection, DisconnectReasonCode reasonCode)
    {
        lock (_session.Gate)
        {
            connection.Close(ConnectionEnd.ByUser, reasonCode);
        }
    }

    /// <summary>Follows the connection and makes new ones, until there will be no more.</summary>
    private async Task SuperviseAsync(ClientConnection connection, Connector connector, CancellationToken stopping)
    {
        while (true)
        {
            var end = await connection.Ended.ConfigureAwait(false);
            var goesOn = _options.Reconnect && MayPass.IsTemporary(end) && !stopping.IsCancellationRequested;
            lock (_lifecycle)
            {
                _connection = null;
                ChangeState(goesOn ? MqttState.Reconnecting : MqttState.Disconnected, end.Reason, end.ReasonCode);
            }

            if (!goesOn)
            {
                var failure = end.ToException();
                _session.End(failure, end.Kind == ConnectionEndKind.Local ? null : failure);
                return;
            }

            try
            {
                connection = await connector
                    .ReconnectAsync(reason => ChangeState(MqttState.Reconnecting, reason), stopping)
                    .ConfigureAwait(false);
                TryBecomeConnected(connection, await connection.Connack.ConfigureAwait(false), stopping);
            }
            catch (Exception exception) when (exception is MqttConnectException or OperationCanceledException)
            {
                ChangeState(MqttState.Disconnected, exception.Message);
                _session.End(exception, exception is MqttConnectException ? exception : null);
                return;
            }
        }
    }

    private async Task WaitUntilSettledAsync(ClientConnection connection, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(_options.DisconnectTimeout / 2, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            await Task.WhenAny(_session.WhenSettled(), connection.Ended).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server does not answer in time, or the caller does not want to wait: DISCONNECT follows now.
        }
    }

    private void ChangeState(MqttState state, string reason, DisconnectReasonCode? reasonCode = null, MqttConnectResult? result = null)
    {
        lock (_lifecycle)
        {
            if (_state == MqttState.Closed)
            {
                return;
            }

            _state = state;
            _events?.Writer.TryWrite(new MqttConnectionEvent(state, reason, reasonCode, result));
        }
    }
}
