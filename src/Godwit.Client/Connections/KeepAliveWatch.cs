namespace Godwit.Client.Connections;

/// <summary>
/// Sends PINGREQ when nothing was sent for the Keep Alive [MQTT-3.1.2-20] [MQTT3-3.1.2-23], and closes the connection when no PINGRESP
/// comes in time. Guarded by the session's gate.
/// </summary>
internal sealed class KeepAliveWatch : IDisposable
{
    private readonly ClientConnection _connection;
    private readonly TimeProvider _time;
    private readonly TimeSpan _keepAlive;
    private readonly TimeSpan _pingTimeout;
    private readonly ITimer _timer;
    private long _lastSent;
    private long _pingSince;
    private bool _isPingOutstanding;
    private bool _isDisposed;

    /// <summary>Starts watching; a Keep Alive of zero watches nothing.</summary>
    public KeepAliveWatch(ClientConnection connection, TimeProvider time, TimeSpan keepAlive, TimeSpan pingTimeout)
    {
        _connection = connection;
        _time = time;
        _keepAlive = keepAlive;
        _pingTimeout = pingTimeout;
        _lastSent = time.GetTimestamp();
        _timer = time.CreateTimer(static watch => ((KeepAliveWatch)watch!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Arm(keepAlive > TimeSpan.Zero ? keepAlive : Timeout.InfiniteTimeSpan);
    }

    /// <summary>Bytes go out now.</summary>
    public void OnSent() => _lastSent = _time.GetTimestamp();

    /// <summary>PINGRESP has arrived; one that nobody asked for changes nothing.</summary>
    public void OnPingresp() => _isPingOutstanding = false;

    /// <summary>Reading goes on after a pause that this program's slow reader caused: the server gets its time again.</summary>
    public void OnReadingResumed() => _pingSince = _time.GetTimestamp();

    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
    }

    private void OnTimer()
    {
        lock (_connection.Gate)
        {
            if (_isDisposed)
            {
                return;
            }

            if (_isPingOutstanding)
            {
                OnPingDue();
                return;
            }

            var rest = _keepAlive - _time.GetElapsedTime(_lastSent);
            if (rest > TimeSpan.Zero)
            {
                Arm(rest);
                return;
            }

            _isPingOutstanding = true;
            _pingSince = _time.GetTimestamp();
            _connection.SendPingreq();
            Arm(Min(_pingTimeout, _keepAlive));
        }
    }

    private void OnPingDue()
    {
        var rest = _pingTimeout - _time.GetElapsedTime(_pingSince);
        if (rest <= TimeSpan.Zero && !_connection.IsReadingPaused)
        {
            _connection.Abort(new ConnectionEnd(ConnectionEndKind.Network, "no PINGRESP came in time"));
            return;
        }

        // Nothing else may have been sent meanwhile, and the server still counts our silence.
        if (_time.GetElapsedTime(_lastSent) >= _keepAlive)
        {
            _connection.SendPingreq();
        }

        Arm(Min(rest > TimeSpan.Zero ? rest : _pingTimeout, _keepAlive));
    }

    private void Arm(TimeSpan due) => _timer.Change(due, Timeout.InfiniteTimeSpan);

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
