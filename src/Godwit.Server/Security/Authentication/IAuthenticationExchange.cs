namespace Godwit.Server.Security.Authentication;

/// <summary>AUTH packets between a client and the server, before CONNACK or in a re-authentication (5.0 §4.12).</summary>
public interface IAuthenticationExchange
{
    /// <summary>Sends AUTH 0x18 (Continue authentication) with the method of CONNECT, and waits for the client's AUTH 0x18.</summary>
    /// <param name="data">Authentication Data; copied before the method returns.</param>
    /// <param name="cancellation">The client has gone, or the time is over.</param>
    /// <returns>The client's Authentication Data; null when it sent something else than AUTH 0x18 with the same method.</returns>
    ValueTask<ReadOnlyMemory<byte>?> ContinueAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation);
}
