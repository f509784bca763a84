using System.Buffers.Binary;
using Godwit.Simulation.Disks;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tests.Segments;

/// <summary>Files that somebody or something has changed: the store opens, gives only what was written, and names what is gone.</summary>
public sealed class FuzzTests
{
    [Theory, Spec("Hostile-54")]
    [MemberData(nameof(CrashTests.Seeds), 20, MemberType = typeof(CrashTests))]
    public void A_changed_store_gives_only_what_was_written_and_names_what_is_gone(int seed)
    {
        using var run = Written(seed);
        using var original = new FoundLog(run.Disk.Copy(), LogRun.Options);
        var random = new Random(seed);
        for (var round = 0; round < 150; round++)
        {
            var disk = run.Disk.Copy(seed);
            var changes = string.Join(", ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => Change(disk, random)));
            var what = $"seed {seed}, round {round}: {changes}";
            var allocated = GC.GetAllocatedBytesForCurrentThread();

            using var found = new FoundLog(disk, LogRun.Options);

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 8 << 20, what);
            CheckNothingForeign(original, found, what);
            CheckHolesAreNamed(original, found, what, changes);
            CheckItGoesOn(disk, found, what);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MaxValue - 100)]
    [InlineData(FrameHeader.BodySizeMax)]
    [InlineData(FrameHeader.BodySizeMax + 1)]
    [InlineData(3000)]
    [InlineData(4057)]      // one more than fits
    public void A_length_from_the_disk_allocates_nothing(int length)
    {
        var disk = new SimulatedDisk();
        using (var log = new FoundLog(disk, LogRun.Options))
        {
            log.Store.Hot.Append(new byte[100], (100 - FrameHeader.SizeBytes) % 7);
        }

        var bytes = disk.Contents("hot-0000000000000001.seg");
        var offset = SegmentHeader.SizeBytes + FrameHeader.AlignedSize(100 - FrameHeader.SizeBytes);
        var rest = bytes.AsSpan(offset);
        new FrameHeader(length, 2, 1, 1, 1, 0, Generation.Hot).Write(rest, FrameHeader.SaltOf(LogRun.Options.StoreId));     // a checksum over all that is there
        disk.Put("hot-0000000000000001.seg", bytes);
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        using var found = new FoundLog(disk, LogRun.Options);

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 1 << 20);
        Assert.Equal([1], found.Lsns(Generation.Hot));
    }

    [Fact]
    public void The_length_of_a_file_allocates_nothing()
    {
        var reader = new FrameReader(new ZeroFile(1L << 40), Generation.Hot, 1, FrameHeader.SaltOf(LogRun.Options.StoreId));
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        Assert.False(reader.TryFind(reader.Length - (16 << 20), 1, long.MaxValue, 0));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 2 << 20);
    }

    private static LogRun Written(int seed)
    {
        var run = new LogRun(new SimulatedDisk(), seed);
        run.Steps(80);
        run.Store.Hot.Flush();
        run.Store.Cold.Flush();
        return run;
    }

    private static string Change(SimulatedDisk disk, Random random)
    {
        var names = disk.List().Where(name => !name.StartsWith("pool-", StringComparison.Ordinal)).ToList();
        var name = names[random.Next(names.Count)];
        var bytes = disk.Contents(name);
        var offset = random.Next(bytes.Length);
        var size = Math.Min(random.Next(2) == 0 ? random.Next(64) : random.Next(3000), bytes.Length - offset);
        var kind = random.Next(9);
        switch (kind)
        {
            case 0 or 1 or 2:
                disk.Flip(name, offset, (byte)(1 << random.Next(8)));
                return $"flip {name} {offset}";
            case 3:
                bytes.AsSpan(offset, size).Clear();
                break;
            case 4:
                random.NextBytes(bytes.AsSpan(offset, size));
                break;
            case 5:
                bytes = bytes[..offset];
                break;
            case 6:
                disk.Delete(name);
                return $"delete {name}";
            case 7:
                bytes = disk.Contents(names[random.Next(names.Count)]);
                break;
            default:
                var other = names[random.Next(names.Count)];
                disk.Put(name, disk.Contents(other));
                disk.Put(other, bytes);
                return $"swap {name} {other}";
        }

        disk.Put(name, bytes);
        return $"change {kind} {name} {offset} {size}";
    }

    private static void CheckNothingForeign(FoundLog original, FoundLog found, string what)
    {
        foreach (var (key, body) in found.Frames)
        {
            Assert.True(original.Frames.TryGetValue(key, out var expected) && expected.AsSpan().SequenceEqual(body), $"{what}: {key} was never written");
        }
    }

    private static void CheckHolesAreNamed(FoundLog original, FoundLog found, string what, string changes)
    {
        foreach (var generation in (Generation[])[Generation.Cold, Generation.Hot])
        {
            var file = generation == Generation.Hot ? "hot-" : "cold-";
            var ranges = found.Store.Damage.Where(range => range.File.StartsWith(file, StringComparison.Ordinal)).ToList();
            var cut = found.Store.TornTails.Where(tail => tail.File.StartsWith(file, StringComparison.Ordinal)).Select(tail => tail.FirstLsn).DefaultIfEmpty(long.MaxValue).Min();
            var lsns = found.Lsns(generation);
            var missing = original.Lsns(generation).Except(lsns).ToList();
            if (changes.StartsWith("flip", StringComparison.Ordinal) && !changes.Contains(", ", StringComparison.Ordinal))
            {
                Assert.All(missing, lsn => Assert.True(ranges.Exists(range => Covers(range, lsn)) || lsn >= cut, $"{what}: {generation} frame {lsn} is gone in silence"));
            }

            // Nobody can know of segments that are gone before the first and behind the last, or of bytes that nothing points to.
            var between = missing.Where(lsn => lsns.Length > 0 && lsn > lsns[0] && lsn < lsns[^1]);
            Assert.All(between, lsn => Assert.True(ranges.Exists(range => Covers(range, lsn)), $"{what}: {generation} frame {lsn} is gone in silence"));
        }

        Assert.All(found.Store.Quarantine, name => Assert.StartsWith("quarantine-", name, StringComparison.Ordinal));
    }

    private static bool Covers(DamagedRange range, long lsn) => range.FirstLsn <= lsn && lsn <= range.LastLsn;

    private static void CheckItGoesOn(SimulatedDisk disk, FoundLog found, string what)
    {
        var frame = new byte[FrameHeader.SizeBytes + 500];
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(FrameHeader.SizeBytes), 42);
        foreach (var set in (SegmentSet[])[found.Store.Hot, found.Store.Cold])
        {
            for (var number = 0; number < 20; number++)
            {
                set.Append(frame, 500 % 7);
            }

            set.Flush();
        }

        using var again = new FoundLog(disk, LogRun.Options);
        Assert.True(again.Frames.Count == found.Frames.Count + 40, what);
        Assert.True(found.Frames.All(pair => again.Frames[pair.Key].AsSpan().SequenceEqual(pair.Value)), what);
        Assert.True(again.Store.TornTails.Count == 0, what);
        Assert.True(again.Store.Damage.Count <= found.Store.Damage.Count, $"{what}: {string.Join("; ", again.Store.Damage)} but before {string.Join("; ", found.Store.Damage)}");
    }
}
