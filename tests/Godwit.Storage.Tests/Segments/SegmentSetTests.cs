using Godwit.Simulation.Disks;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tests.Segments;

public sealed class SegmentSetTests
{
    [Fact]
    public void What_was_appended_is_found_when_the_store_is_opened_again()
    {
        var disk = new SimulatedDisk();
        var options = new SegmentOptions { StoreId = new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]), SegmentSizeBytes = 8192 };
        using (var store = LogScan.Run(disk, options, (in FrameLocation _, ReadOnlySpan<byte> _, int _) => Assert.Fail("an empty store has no frames")))
        {
            for (var number = 0; number < 100; number++)
            {
                var frame = new byte[FrameHeader.SizeBytes + 200];
                frame[FrameHeader.SizeBytes] = (byte)number;
                store.Hot.Append(frame, number);
            }
        }

        var found = new List<int>();
        using var reopened = LogScan.Run(disk, options, (in FrameLocation location, ReadOnlySpan<byte> body, int count) =>
        {
            Assert.Equal(count, body[0]);
            Assert.Equal(count + 1, location.Lsn);
            found.Add(count);
        });

        Assert.Equal(Enumerable.Range(0, 100), found);
        Assert.Empty(reopened.Damage);
        Assert.Empty(reopened.TornTails);
        Assert.Equal(2u, reopened.Term);
    }
}
