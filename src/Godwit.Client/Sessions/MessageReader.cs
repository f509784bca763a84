namespace Godwit.Client.Sessions;

/// <summary>The received messages as an asynchronous sequence, for one reader at a time.</summary>
internal sealed class MessageReader(ClientSession session) : IAsyncEnumerable<MqttMessage>
{
    private int _isBeingRead;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Another loop reads them.</exception>
    public IAsyncEnumerator<MqttMessage> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isBeingRead, 1) != 0)
        {
            throw new InvalidOperationException("The messages are being read by another loop.");
        }

        return new Enumerator(this, session, cancellationToken);
    }

    private sealed class Enumerator(MessageReader owner, ClientSession session, CancellationToken ct) : IAsyncEnumerator<MqttMessage>
    {
        private MqttMessage? _current;
        private bool _isDisposed;

        public MqttMessage Current => _current ?? throw new InvalidOperationException("There is no current message.");

        public ValueTask<bool> MoveNextAsync()
        {
            if (ct.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<bool>(ct);
            }

            return session.TryTakeMessage(_current, out _current, out var arrival)
                ? new(_current is not null)
                : new(WaitAsync(arrival));
        }

        public ValueTask DisposeAsync()
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                Volatile.Write(ref owner._isBeingRead, 0);
            }

            return ValueTask.CompletedTask;
        }

        private async Task<bool> WaitAsync(Task arrival)
        {
            do
            {
                await arrival.WaitAsync(ct).ConfigureAwait(false);
            }
            while (!session.TryTakeMessage(previous: null, out _current, out arrival));

            return _current is not null;
        }
    }
}
