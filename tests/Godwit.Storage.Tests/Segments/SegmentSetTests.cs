using Godwit.Simulation.Disks;
using Godwit.Storage.Files;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tests.Segments;

/// <summary>Appending, reading, rolling and retiring.</summary>
public sealed class SegmentSetTests : IDisposable
{
    private readonly SimulatedDisk _disk = new();
    private readonly FoundLog _log;

    public SegmentSetTests() => _log = new FoundLog(_disk, LogRun.Options);

    private SegmentSet Hot => _log.Store.Hot;

    [Fact]
    public void A_new_store_has_no_file_until_something_is_appended()
    {
        Assert.Empty(_disk.List());

        Append(10);

        Assert.Equal(["hot-0000000000000001.seg"], _disk.List());
        Assert.Equal((1u, 1u, 1, 8192), (Hot.FrontSegNo, Hot.TailSegNo, Hot.Count, Hot.SizeBytes));
    }

    [Fact]
    public void Frames_are_numbered_and_stand_behind_each_other_at_multiples_of_eight()
    {
        Assert.Equal(new FrameLocation(Generation.Hot, 1, 4096, 10, 1), Append(10));
        Assert.Equal(new FrameLocation(Generation.Hot, 1, 4096 + 56, 0, 2), Append(0));
        Assert.Equal(new FrameLocation(Generation.Hot, 1, 4096 + 96, 8, 3), Append(8));
        Assert.Equal(4096 + 96 + FrameHeader.SizeBytes, new FrameLocation(Generation.Hot, 1, 4096 + 96, 8, 3).BodyOffset);
    }

    [Fact]
    public void A_frame_and_a_part_of_it_can_be_read_back()
    {
        Append(10);
        var frame = new byte[FrameHeader.SizeBytes + 26];
        "abcdefghijklmnopqrstuvwxyz"u8.CopyTo(frame.AsSpan(FrameHeader.SizeBytes));
        var location = Hot.Append(frame, 26 % 7);
        var buffer = Array.Empty<byte>();
        var part = new byte[3];

        Assert.True(Hot.TryReadFrame(location.SegNo, location.Offset, ref buffer, out var bodySize));
        Assert.Equal("abcdefghijklmnopqrstuvwxyz"u8, buffer.AsSpan(FrameHeader.SizeBytes, bodySize));
        Assert.Equal(3, Hot.Read(location.SegNo, location.BodyOffset + 23, part));
        Assert.Equal("xyz"u8, part);
        Assert.False(Hot.TryReadFrame(location.SegNo, location.Offset + 8, ref buffer, out _));
        Assert.False(Hot.TryReadFrame(location.SegNo, 8000, ref buffer, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => Hot.TryReadFrame(99, 0, ref buffer, out _));
    }

    [Fact]
    public void A_segment_that_is_full_is_sealed_with_a_flush()
    {
        Append(4096 - FrameHeader.SizeBytes);
        Assert.False(Hot.HasRoomFor(0));
        Assert.Equal(0, Hot.DurableLsn);

        var next = Append(1);

        Assert.Equal(new FrameLocation(Generation.Hot, 2, 4096, 1, 2), next);
        Assert.Equal((1, 2), (Hot.DurableLsn, Hot.LastLsn));
    }

    [Fact]
    public void A_frame_larger_than_a_segment_gets_one_of_its_own_that_is_not_used_again()
    {
        Append(1);
        var large = Append(1 << 20);
        Assert.Equal((2u, 4096), (large.SegNo, large.Offset));
        Assert.Equal(4096 + FrameHeader.AlignedSize(1 << 20), Hot.SizeOf(2));
        Append(1);

        Hot.RetireFront();
        Hot.RetireFront();

        Assert.Equal(["hot-0000000000000003.seg", "pool-4.seg"], _disk.List());
    }

    [Fact]
    public void Retired_segments_are_used_again_and_what_the_pool_has_too_many_is_deleted_one_by_one()
    {
        for (var number = 0; number < 5; number++)
        {
            Append(1);
            Hot.Roll();
        }

        for (var number = 0; number < 5; number++)
        {
            Hot.RetireFront();
        }

        var pool = _log.Store.Pool;
        Assert.Throws<InvalidOperationException>(Hot.RetireFront);
        Assert.Equal(6, _disk.List().Count);
        for (var count = 5; count > LogRun.Options.PoolMax; count--)
        {
            Assert.Equal(count, pool.Count);
            Assert.True(pool.HasSurplus);
            pool.DeleteSurplus();
        }

        Assert.False(pool.HasSurplus);
        Assert.Equal(LogRun.Options.PoolMax + 1, _disk.List().Count);
        Hot.Roll();
        Assert.Equal(LogRun.Options.PoolMax + 1, _disk.List().Count);
    }

    [Fact]
    public void Both_generations_take_from_one_pool_that_is_filled_ahead()
    {
        _log.Store.Pool.AllocateAhead();
        _log.Store.Pool.AllocateAhead();
        Assert.Equal(["pool-1.seg", "pool-2.seg"], _disk.List());

        Append(1);
        _log.Store.Cold.Append(new byte[100], 0);

        Assert.Equal(["cold-0000000000000001.seg", "hot-0000000000000001.seg"], _disk.List());
        Assert.Equal(0, _log.Store.Pool.Count);
    }

    [Fact]
    public void The_pool_of_an_earlier_process_is_taken_over_but_not_files_of_another_size()
    {
        foreach (var (name, size) in (ReadOnlySpan<(string, int)>)[("pool-1.seg", 8192), ("pool-2.seg", 100), ("pool-3.seg", 8192), ("pool-7.seg", 8192), ("pool-x.seg", 1), ("other", 1)])
        {
            _disk.Put(name, new byte[size]);
        }

        using var log = new FoundLog(_disk, LogRun.Options);

        Assert.Equal(2, log.Store.Pool.Count);
        Assert.Equal(["other", "pool-1.seg", "pool-3.seg", "pool-x.seg"], _disk.List());
    }

    [Fact]
    public void A_new_segment_whose_header_finds_no_space_is_left_for_later()
    {
        Append(1);
        Hot.Flush();
        _log.Store.Pool.AllocateAhead();
        _disk.Faults = (kind, _) => kind is DiskCallKind.Flush ? DiskFault.Full : DiskFault.None;
        Assert.Throws<StoreFullException>(() => Hot.Roll());
        _disk.Faults = null;
        Assert.Equal(SegmentPool.AheadCount, _log.Store.Pool.Count);
        _disk.CapacityBytes = 0;

        Hot.Roll();
        Append(5);
        Hot.Flush();
        _disk.Crash();

        using var found = new FoundLog(_disk, LogRun.Options);
        Assert.Equal([1, 2], found.Lsns(Generation.Hot));
    }

    [Fact]
    public void A_flush_that_finds_no_space_ends_the_log_all_the_same()
    {
        Append(1);
        _disk.Faults = (kind, _) => kind is DiskCallKind.Flush ? DiskFault.Full : DiskFault.None;

        Assert.Throws<IOException>(Hot.Flush);

        _disk.Faults = null;
        Assert.Throws<IOException>(Hot.Flush);
    }

    [Fact]
    public void A_segment_is_scanned_in_steps()
    {
        for (var number = 0; number < 10; number++)
        {
            Append(100);
        }

        var lsns = new List<long>();
        var offset = 0;
        var steps = 0;
        for (; offset < Hot.EndOffset(1); steps++)
        {
            offset = Hot.ScanSegment(1, offset, 300, (in FrameLocation location, ReadOnlySpan<byte> body, int count) =>
            {
                lsns.Add(location.Lsn);
                Assert.Equal((100, 100 % 7), (body.Length, count));
            });
        }

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], lsns);
        Assert.Equal(4, steps);
        Assert.Equal(1, Hot.FirstLsn(1));
    }

    [Fact]
    public void An_opening_needs_the_same_memory_however_many_segments_there_are()
    {
        var options = LogRun.Options with { SegmentSizeBytes = 1 << 20 };
        using (var log = new FoundLog(_disk, options))
        {
            for (var number = 0; number < 30; number++)
            {
                log.Store.Hot.Append(new byte[700_000], (700_000 - FrameHeader.SizeBytes) % 7);
            }

            log.Store.Hot.Flush();
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread();
        using var found = LogScan.Run(_disk, options, (in FrameLocation _, ReadOnlySpan<byte> _, int _) => { });

        Assert.Equal(30, found.Hot.Count);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 8 << 20);
    }

    [Fact]
    public void What_is_no_frame_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Hot.Append(new byte[FrameHeader.SizeBytes - 1], 0));
        Assert.Throws<ArgumentException>(() => Hot.Append(new byte[FrameHeader.SizeBytes + FrameHeader.BodySizeMax + 1], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Hot.Append(new byte[100], FrameHeader.RecordCountMax + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Hot.Append(new byte[100], -1));
        Assert.Empty(_disk.List());
    }

    public void Dispose() => _log.Dispose();

    private FrameLocation Append(int bodySize) => Hot.Append(new byte[FrameHeader.SizeBytes + bodySize], bodySize % 7);
}
