using Godwit.Simulation.Disks;
using Godwit.Storage.Files;

namespace Godwit.Storage.Tests.Files;

/// <summary>The simulated disk is as bad as it has to be, keeps what it must, and does the same for the same seed.</summary>
public sealed class SimulatedDiskTests
{
    private const int Seeds = 300;

    [Fact]
    public void What_was_flushed_and_synced_survives_every_power_cut()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var disk = Written(seed);
            disk.Open("a").Write(Bytes(0x22, 5000), 5000);

            disk.Crash();

            Assert.Equal(Bytes(0x11, 5000), disk.Contents("a")[..5000]);
        }
    }

    [Fact]
    public void What_was_not_flushed_is_lost_kept_torn_zeroed_and_garbled()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var disk = Written(seed);
            disk.Open("a").Write(Bytes(0x22, 2048), 0);

            disk.Crash();

            for (var sector = 0; sector < 4; sector++)
            {
                var bytes = disk.Contents("a").AsSpan(sector * 512, 512);
                seen.Add((bytes[0], bytes[511]) switch
                {
                    (0x22, 0x22) => "kept",
                    (0x11, 0x11) => "lost",
                    (0x22, 0x11) => "torn",
                    (0, 0) => "zeroed",
                    _ => "garbled",
                });
            }
        }

        Assert.Equal(["garbled", "kept", "lost", "torn", "zeroed"], seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_that_were_not_synced_are_old_or_new_in_any_mixture()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var disk = Written(seed);
            disk.Rename("a", "b");
            disk.Create("c", 10).Dispose();

            disk.Crash();

            seen.Add(string.Join(' ', disk.List()));
        }

        Assert.Equal(["a", "a c", "b", "b c"], seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_failed_flush_loses_the_bytes_and_the_next_one_says_that_all_is_well()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var disk = Written(seed);
            using var file = disk.Open("a");
            file.Write(Bytes(0x22, 5000), 0);
            disk.Faults = (kind, _) => kind == DiskCallKind.Flush ? DiskFault.IoError : DiskFault.None;
            Assert.Throws<IOException>(file.Flush);
            disk.Faults = null;
            file.Flush();
            Assert.Equal(Bytes(0x22, 5000), disk.Contents("a"));

            disk.Crash();

            Assert.Equal(Bytes(0x11, 5000), disk.Contents("a"));
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_disk_and_the_calls_can_be_played_again()
    {
        var disk = new SimulatedDisk { IsRecording = true };
        using (var file = disk.Create("a", 3000))
        {
            file.Write(Bytes(0x11, 2000), 0);
            file.Flush();
            disk.SyncDirectory();
            file.Write(Bytes(0x22, 2000), 500);
            file.SetLength(2600);
            disk.Rename("a", "b");
        }

        Assert.Equal(7, disk.Calls.Count);
        Assert.Equal(disk.Contents("b"), disk.Before(7).Contents("b"));
        Assert.Equal(["a"], disk.Before(6).List());
        var results = new HashSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < 50; seed++)
        {
            var (one, two) = (disk.AfterCrash(7, seed), disk.AfterCrash(7, seed));
            Assert.Equal(one.List(), two.List());
            Assert.Equal(one.Contents(one.List()[0]), two.Contents(two.List()[0]));
            results.Add(Convert.ToHexString(one.Contents(one.List()[0])));
        }

        Assert.True(results.Count > 10);
    }

    [Fact]
    public void Space_runs_out_and_comes_back()
    {
        var disk = new SimulatedDisk { CapacityBytes = 1000 };
        using var file = disk.Create("a", 600);

        Assert.Equal(400, disk.FreeBytes);
        Assert.Throws<StoreFullException>(() => disk.Create("b", 401));
        Assert.Equal(["a"], disk.List());
        file.Write(new byte[600], 0);
        Assert.Throws<StoreFullException>(() => file.Write(new byte[500], 600));
        Assert.Equal(600, file.Length);
        disk.Delete("a");
        disk.Create("b", 1000).Dispose();
    }

    [Fact]
    public void A_short_write_stops_half_way()
    {
        var disk = Written(0);
        disk.Faults = (kind, _) => kind == DiskCallKind.Write ? DiskFault.ShortWrite : DiskFault.None;

        Assert.Throws<StoreFullException>(() => disk.Open("a").Write(Bytes(0x22, 1000), 0));

        Assert.Equal([.. Bytes(0x22, 500), .. Bytes(0x11, 4500)], disk.Contents("a"));
    }

    [Fact]
    public void Open_files_end_with_the_power_and_a_slow_flush_is_counted()
    {
        var disk = Written(0);
        disk.FlushTakesMs = 10_000;
        using var file = disk.Open("a");
        file.Flush();
        Assert.Equal(10_000, disk.BusyMs);

        disk.Crash();

        Assert.Throws<InvalidOperationException>(() => file.Write(new byte[1], 0));
    }

    private static SimulatedDisk Written(int seed)
    {
        var disk = new SimulatedDisk(seed);
        using var file = disk.Create("a", 0);
        file.Write(Bytes(0x11, 5000), 0);
        file.Flush();
        disk.SyncDirectory();
        return disk;
    }

    private static byte[] Bytes(byte value, int count)
    {
        var bytes = new byte[count];
        bytes.AsSpan().Fill(value);
        return bytes;
    }
}
