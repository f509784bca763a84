using Godwit.Server.Security.Authentication.Http;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Security.Authentication.Tokens;

/// <summary>
/// Keys of an address, read again and again. While the address does not answer, the last keys count, for a day at most: a key that was
/// withdrawn must not count for ever because somebody is in the way. Any thread.
/// </summary>
internal sealed class RemoteTokenKeys : ITokenKeys, IDisposable
{
    private const int AnswerBytesMax = 1 << 20;
    private static readonly TimeSpan KeysStay = TimeSpan.FromDays(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Uri _url;
    private readonly string _name;
    private readonly TimeSpan _timeLimit;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HttpClient _client;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private TokenKeySet? _keys;
    private long _readAt;
    private long _triedAt = long.MinValue;
    private Task _reading = Task.CompletedTask;

    /// <summary>Begins to read the keys.</summary>
    internal RemoteTokenKeys(string name, TokenSettings settings, TimeProvider time, ILogger logger)
    {
        (_name, _time, _logger) = (name, time, logger);
        _url = new Uri(settings.KeyUrl!);
        _timeLimit = TimeSpan.FromMilliseconds(settings.TimeLimitMs);
        _client = OutgoingHttp.Create(AnswerBytesMax);
        _timer = time.CreateTimer(_ => _ = StartReading(isDue: true), state: null, TimeSpan.Zero, TimeSpan.FromSeconds(settings.RefreshSeconds));
    }

    /// <inheritdoc/>
    public TokenKeySet? Current
    {
        get
        {
            lock (_lock)
            {
                return _keys is not null && _time.GetElapsedTime(_readAt) <= KeysStay ? _keys : null;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask LookForNewAsync(CancellationToken cancellation) =>
        await StartReading(isDue: false).WaitAsync(cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _client.Dispose();
    }

    /// <summary>One reading at a time; clients that name unknown keys cause one in ten seconds.</summary>
    private Task StartReading(bool isDue)
    {
        lock (_lock)
        {
            if (_reading.IsCompleted && (isDue || _triedAt == long.MinValue || _time.GetElapsedTime(_triedAt) >= Pause))
            {
                _triedAt = _time.GetTimestamp();
                _reading = Task.Run(ReadAsync);
            }

            return _reading;
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(_timeLimit, _time);
            var content = await _client.GetByteArrayAsync(_url, limit.Token).ConfigureAwait(false);
            if (!TokenKeySet.TryRead(content, mayHoldSecrets: false, out var keys, out var error))
            {
                AuthenticationLog.KeysNotRead(_logger, _name, $"the answer {error}");
                return;
            }

            lock (_lock)
            {
                _keys = keys;
                _readAt = _time.GetTimestamp();
            }

            AuthenticationLog.KeysRead(_logger, _name, keys.Keys.Count);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            AuthenticationLog.KeysNotRead(_logger, _name, exception is HttpRequestException ? exception.Message : "no answer in time");
        }
    }
}
