using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests;

/// <summary>A Remaining Length is a promise of the client: it costs nothing until the bytes are there.</summary>
public sealed class AnnouncedLengthTests
{
    [Theory, Spec("Trap-1")]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void A_header_that_announces_256_MB_allocates_next_to_nothing(ProtocolVersion version)
    {
        var broker = new BrokerHarness(limits: limits => limits.PacketSizeBytesMax = int.MaxValue);
        broker.Connect("first", version).SendBytes([0x30, 0xFF, 0xFF, 0xFF, 0x7F]);         // code that runs for the first time allocates
        var client = broker.Connect("client", version);

        var before = GC.GetAllocatedBytesForCurrentThread();
        client.SendBytes([0x30, 0xFF, 0xFF, 0xFF, 0x7F]);
        client.SendBytes(new byte[1000]);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.False(client.IsClosed);
        Assert.InRange(allocated, 0, 20_000);
    }
}
