using System.Net.Http.Headers;

namespace Godwit.Server.Security.Authentication.Http;

/// <summary>
/// A service that is asked by POST: so many questions at a time, so many wait, each has a time limit, and after failures in a row nobody is asked for
/// a while. What an answer means is for its user to say. Any thread.
/// </summary>
internal sealed class AskedService : IDisposable
{
    private const int AnswerBytesMax = 256 << 10;
    private const int WaitingPerPlace = 16;

    private readonly HttpSettings _settings;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly TimeProvider _time;
    private readonly Uri _url;
    private readonly HttpClient _client;
    private readonly SemaphoreSlim _places;
    private readonly CircuitBreaker _breaker;
    private int _waiting;

    /// <summary>Makes it; asks nothing yet.</summary>
    /// <param name="settings">Its address is there.</param>
    /// <param name="token">Sent as Bearer; null: none.</param>
    /// <param name="time">Of limit and breaker.</param>
    internal AskedService(HttpSettings settings, string? token, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        _authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        _url = new Uri(settings.Url!);
        _client = OutgoingHttp.Create(AnswerBytesMax, settings.ConcurrentMax);
        _places = new SemaphoreSlim(settings.ConcurrentMax);
        _breaker = new CircuitBreaker(time, settings.BreakAfter, TimeSpan.FromMilliseconds(settings.BreakMs));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _places.Dispose();
    }

    /// <summary>May it be asked now? False: it has failed too often and is left alone.</summary>
    internal bool MayTry() => _breaker.MayTry();

    /// <summary>An answer could be used.</summary>
    internal void Succeeded() => _breaker.Succeeded();

    /// <summary>An answer could not be used, or there was none.</summary>
    /// <returns>True: from now on it is left alone.</returns>
    internal bool Failed() => _breaker.Failed();

    /// <summary>Asks.</summary>
    /// <param name="question">In the form of the settings.</param>
    /// <param name="cancellation">Nobody waits for the answer any more.</param>
    internal async ValueTask<ServiceReply> AskAsync(byte[] question, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _waiting) > _settings.ConcurrentMax * (1 + WaitingPerPlace))
        {
            Interlocked.Decrement(ref _waiting);
            return new ServiceReply { IsBusy = true, Failure = "too many questions wait" };
        }

        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(_settings.TimeLimitMs), _time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
            await _places.WaitAsync(both.Token).ConfigureAwait(false);
            try
            {
                return await PostAsync(question, both.Token).ConfigureAwait(false);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new ServiceReply { Failure = "no answer in time" };
        }
        catch (HttpRequestException exception)
        {
            return new ServiceReply { Failure = exception.HttpRequestError.ToString() };
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async ValueTask<ServiceReply> PostAsync(byte[] question, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(question) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(_settings.Form == HttpForm.Json ? "application/json" : "application/x-www-form-urlencoded");
        message.Headers.Authorization = _authorization;
        using var response = await _client.SendAsync(message, cancellation).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        return new ServiceReply { Status = response.StatusCode, Body = body };
    }
}
