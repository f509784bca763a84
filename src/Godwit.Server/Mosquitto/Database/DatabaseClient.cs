namespace Godwit.Server.Mosquitto.Database;

/// <summary>A session of a <c>mosquitto.db</c>. Its user name there is often that of the session before it in the file, and therefore not read.</summary>
/// <param name="Id">The client identifier.</param>
/// <param name="ExpiresAt">Seconds since 1970; 0: it is not known yet, or never.</param>
/// <param name="ExpirySeconds">Session Expiry Interval; 2^32 - 1 is never.</param>
/// <param name="LastPacketId">The packet identifier that was given last; 0: none.</param>
internal sealed record DatabaseClient(string Id, long ExpiresAt, uint ExpirySeconds, ushort LastPacketId)
{
    internal List<DatabaseDelivery> Deliveries { get; } = [];

    internal List<DatabaseSubscription> Subscriptions { get; } = [];
}
