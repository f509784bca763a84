using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Server.Hosting;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests;

public sealed class AssignedClientIdTests
{
    public static TheoryData<TransportKind> Transports => TestServer.Transports;

    /// <summary>Sessions that a server finds again after a restart must not meet a newcomer with their identifier.</summary>
    [Theory, MemberData(nameof(Transports)), Spec("MQTT-3.2.2-16", "Trap-102")]
    public async Task Assigned_client_identifiers_do_not_begin_again_after_a_restart(TransportKind transport)
    {
        var before = await AssignAsync(transport);
        var after = await AssignAsync(transport);

        Assert.Equal(6, before.Concat(after).Distinct(StringComparer.Ordinal).Count());
    }

    private static async Task<List<string>> AssignAsync(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        var assigned = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            using var client = await server.OpenAsync();
            await client.SendAsync(Bytes.Connect(""));
            assigned.Add(AssignedBy(await client.ReceiveAsync()));
        }

        return assigned;
    }

    private static string AssignedBy(ReceivedPacket packet)
    {
        Assert.Equal(PacketType.Connack, packet.Type);
        Assert.Equal(PacketError.None, ConnackPacket.TryRead(packet.Body, ProtocolVersion.Mqtt5, out var connack));
        Assert.True(connack.Properties.TryGet(PropertyId.AssignedClientIdentifier, out var assigned));
        return Encoding.UTF8.GetString(assigned.Value);
    }
}
