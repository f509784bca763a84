using System.Diagnostics.CodeAnalysis;
using Godwit.Client.Sessions;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Connections;

/// <summary>
/// One Network Connection: a loop that reads and one that writes. Neither runs code of the user. What the packets mean is the
/// session's business. The stream is owned here.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Abort disposes the timers and the stream.")]
internal sealed class ClientConnection
{
    private readonly ClientSession _session;
    private readonly Stream _stream;
    private readonly MqttClientOptions _options;
    private readonly TaskCompletionSource<MqttConnectResult> _connack = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ConnectionEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReceiveBuffer _received = new();
    private TaskCompletionSource? _readingResumes;
    private KeepAliveWatch? _keepAlive;
    private ITimer? _closeLimit;
    private ConnectionEnd? _end;
    private bool _isAborted;

    public ClientConnection(ClientSession session, Stream stream, MqttClientOptions options)
    {
        _session = session;
        _stream = stream;
        _options = options;
        Output = new PacketOutput(options.Version);
    }

    /// <summary>Guards everything of session and connection; never held while waiting.</summary>
    public Lock Gate => _session.Gate;

    public PacketOutput Output { get; }

    /// <summary>CONNACK with Success, or a <see cref="MqttConnectException"/>.</summary>
    public Task<MqttConnectResult> Connack => _connack.Task;

    /// <summary>Completes when the connection is over and its stream given up; never fails.</summary>
    public Task<ConnectionEnd> Ended => _ended.Task;

    /// <summary>CONNACK has arrived.</summary>
    public bool IsEstablished { get; private set; }

    /// <summary>The last packet was handed to the output, or the connection is over.</summary>
    public bool IsClosing => _end is not null;

    /// <summary>This program does not take its messages, so the socket is not read.</summary>
    public bool IsReadingPaused { get; private set; }

    /// <summary>Sends CONNECT and starts both loops.</summary>
    public void Start()
    {
        lock (Gate)
        {
            ConnectRequest.Write(Output, _options, _session.ClientId, _session.CleanStart);
            Output.Signal();
        }

        _ = Task.Run(WriteAsync);
        _ = Task.Run(ReadAsync);
    }

    /// <summary>CONNACK with Success: the session is in force. Called with the gate.</summary>
    public void Establish(MqttConnectResult result)
    {
        IsEstablished = true;
        _keepAlive = new KeepAliveWatch(this, _options.TimeProvider, result.KeepAlive, _options.PingTimeout);
        _connack.TrySetResult(result);
    }

    /// <summary>CONNACK with an error: the connection ends. [MQTT-3.2.2-7] Called with the gate.</summary>
    public void Refuse(MqttConnectException exception)
    {
        _connack.TrySetException(exception);
        Abort(new ConnectionEnd(ConnectionEndKind.Network, exception.Message));
    }

    public void OnPingresp() => _keepAlive?.OnPingresp();

    public void SendPingreq()
    {
        if (!IsClosing)
        {
            Output.WritePingreq();
            Output.Signal();
        }
    }

    /// <summary>
    /// Ends the connection in order: in 5.0, and when the user wants it, DISCONNECT goes out; then the server closes, or the time limit
    /// does. What still comes in is thrown away, so that no unread byte makes the socket destroy the DISCONNECT. Called with the gate.
    /// </summary>
    public void Close(ConnectionEnd end, DisconnectReasonCode reasonCode)
    {
        if (IsClosing)
        {
            return;
        }

        // A DISCONNECT of 3.x says that all is well and cancels the will; after an error the connection is just closed. [MQTT3-3.1.2-10]
        if (_options.Version != ProtocolVersion.Mqtt5 && end.Kind != ConnectionEndKind.Local)
        {
            Abort(end);
            return;
        }

        _end = end;
        Output.WriteDisconnect(reasonCode);
        ResumeReading();
        _closeLimit = _options.TimeProvider.CreateTimer(
            static connection => ((ClientConnection)connection!).Abort(((ClientConnection)connection)._end!),
            this,
            _options.DisconnectTimeout / 2,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends the connection at once. The first end that was named counts.</summary>
    public void Abort(ConnectionEnd end)
    {
        lock (Gate)
        {
            _end ??= end;
            if (_isAborted)
            {
                return;
            }

            _isAborted = true;
            var lost = _end.ToException();
            _connack.TrySetException(ConnectFailureOf(_end));
            _ = _connack.Task.Exception;        // nobody may be waiting
            Output.Fail(lost);
            _keepAlive?.Dispose();
            _closeLimit?.Dispose();
            ResumeReading();
            _session.OnConnectionEnded(this);
        }

        _stream.Dispose();
        _ended.TrySetResult(_end);
    }

    /// <summary>What kept the reading from going on may have changed. Called with the gate.</summary>
    public void ResumeReading()
    {
        if (_readingResumes is { } waiting && (IsClosing || !MustPause()))
        {
            _readingResumes = null;
            if (IsReadingPaused)
            {
                IsReadingPaused = false;
                _keepAlive?.OnReadingResumed();
            }

            waiting.TrySetResult();
        }
    }

    private static MqttConnectException ConnectFailureOf(ConnectionEnd end) => end.Kind switch
    {
        ConnectionEndKind.ProtocolError =>
            new(MqttConnectFailure.ProtocolError, $"The server's answer to CONNECT is wrong: {end.Reason}."),
        _ => new(MqttConnectFailure.ClosedBeforeConnack, $"No CONNACK: {end.Reason}.", end.Exception),
    };

    private async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                var next = TakeBatch(out var waiting);
                if (next is not null)
                {
                    await _stream.WriteAsync(next.Bytes).ConfigureAwait(false);
                    await _stream.FlushAsync().ConfigureAwait(false);
                }
                else if (waiting is not null)
                {
                    await waiting.ConfigureAwait(false);
                }
                else
                {
                    return;
                }
            }
        }
        catch (Exception exception)             // whatever the stream throws, the connection is over
        {
            Abort(ConnectionEnd.ByNetwork(exception));
        }
    }

    /// <summary>Takes what is to be written next; else there is something to wait for; if neither, everything is written.</summary>
    private WriteBatch? TakeBatch(out Task? waiting)
    {
        lock (Gate)
        {
            waiting = null;
            _session.Pump();
            if (Output.TryTake(out var batch))
            {
                _keepAlive?.OnSent();
                _session.Pump();                // the next batch gathers while this one is written
                return batch;
            }

            if (!Output.IsCompleted)
            {
                waiting = Output.WaitAsync();
            }

            return null;
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var count = await _stream.ReadAsync(_received.Free).ConfigureAwait(false);
                if (count == 0)
                {
                    Abort(ConnectionEnd.ByPeer);
                    return;
                }

                _received.Add(count);
                while (!TryHandleReceived(out var resumed))
                {
                    await resumed.ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception)
        {
            Abort(ConnectionEnd.ByNetwork(exception));
        }
    }

    /// <summary>Handles what has been received, packet by packet.</summary>
    /// <param name="resumed">With false: reading must pause until it completes.</param>
    /// <returns>True: more bytes are needed.</returns>
    private bool TryHandleReceived(out Task resumed)
    {
        lock (Gate)
        {
            resumed = Task.CompletedTask;
            while (!IsClosing)
            {
                if (MustPause())
                {
                    _session.Pump();
                    IsReadingPaused = _session.IsMessageQueueFull;
                    _readingResumes = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    resumed = _readingResumes.Task;
                    return false;
                }

                var status = PacketFramer.TryRead(
                    _received.Bytes, _options.Version, _options.MaximumPacketSize ?? int.MaxValue, out var header, out var body, out var size, out var error);
                if (status == FrameStatus.Incomplete)
                {
                    _session.Pump();
                    return true;
                }

                var violation = status == FrameStatus.Invalid
                    ? new Violation(error.ReasonCode(), error.Description())
                    : _session.Handle(this, header, body);
                if (violation is not null)
                {
                    Close(new ConnectionEnd(ConnectionEndKind.ProtocolError, violation.Description, violation.ReasonCode), violation.ReasonCode);
                    break;
                }

                _received.Remove(size);
            }

            _received.Clear();                  // after the end everything that comes is thrown away
            return true;
        }
    }

    private bool MustPause() => IsEstablished && (Output.IsBeyondLimit || _session.MustPauseReading);
}
