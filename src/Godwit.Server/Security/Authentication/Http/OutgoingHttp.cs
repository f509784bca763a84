namespace Godwit.Server.Security.Authentication.Http;

/// <summary>Makes HTTP clients for services that authentication asks: no redirects, no cookies, small answers.</summary>
internal static class OutgoingHttp
{
    private static readonly TimeSpan ConnectionsStay = TimeSpan.FromMinutes(5);      // so that a change in DNS is noticed

    /// <summary>Makes a client.</summary>
    /// <param name="answerBytesMax">A larger answer is a failure.</param>
    /// <param name="connectionsMax">Connections at the same time.</param>
    internal static HttpClient Create(int answerBytesMax, int connectionsMax = 2)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxConnectionsPerServer = connectionsMax,
            PooledConnectionLifetime = ConnectionsStay,
        };
        return new HttpClient(handler) { MaxResponseContentBufferSize = answerBytesMax, Timeout = Timeout.InfiniteTimeSpan };
    }
}
