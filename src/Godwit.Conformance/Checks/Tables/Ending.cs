using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;

namespace Godwit.Conformance.Checks.Tables;

/// <summary>The end of a connection after the client's DISCONNECT.</summary>
internal static class Ending
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Waits for the broker to close, which it should do and need not; a packet must not come.</summary>
    public static async Task AfterDisconnectAsync(WireClient client)
    {
        var packet = await PacketAsync(client);
        Probe.Ensure(packet is null, "no packet after DISCONNECT", packet?.ToString() ?? "");
    }

    /// <summary>Waits for the broker to close, or to say something.</summary>
    /// <returns>Null: it closed, or it said nothing; by now it has read the DISCONNECT.</returns>
    public static async Task<Received?> PacketAsync(WireClient client)
    {
        try
        {
            return await client.ReceiveOrEndAsync("the end of the connection", Patience);
        }
        catch (CheckFailedException)
        {
            return null;
        }
    }
}
