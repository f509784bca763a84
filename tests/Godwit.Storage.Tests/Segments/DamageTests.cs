using System.Buffers.Binary;
using Godwit.Simulation.Disks;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tests.Segments;

/// <summary>Damage is found, named, kept for inspection, and costs only the frames it hit.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly SimulatedDisk _disk = new();
    private readonly FoundLog _written;
    private readonly List<FrameLocation> _locations = [];

    /// <summary>Thirty frames of 300 bytes in three segments, each flushed by itself.</summary>
    public DamageTests()
    {
        _written = new FoundLog(_disk, LogRun.Options);
        for (var number = 1; number <= 30; number++)
        {
            var frame = new byte[FrameHeader.SizeBytes + 300];
            frame.AsSpan().Fill((byte)number);
            _locations.Add(_written.Store.Hot.Append(frame, 300 % 7));
            _written.Store.Hot.Flush();
        }
    }

    [Fact]
    public void A_flipped_bit_in_a_sealed_segment_costs_one_frame_and_is_reported()
    {
        var hit = _locations[4];
        Assert.Equal(1u, hit.SegNo);
        _disk.Flip(FileOf(hit), hit.BodyOffset + 17, 0x10);

        using var found = new FoundLog(_disk, LogRun.Options);

        Assert.Equal(Lsns(1, 4, 6, 30), found.Lsns(Generation.Hot));
        Assert.Equal(new DamagedRange(FileOf(hit), hit.Offset, 344, 5, 5, "no intact frame"), Assert.Single(found.Store.Damage));
        Assert.Equal(["quarantine-" + FileOf(hit)], found.Store.Quarantine);
        Assert.Equal(_disk.Contents(FileOf(hit)), _disk.Contents("quarantine-" + FileOf(hit)));
    }

    [Fact]
    public void In_the_last_segment_it_is_damage_when_a_later_frame_says_that_it_was_flushed()
    {
        _disk.Flip(FileOf(_locations[28]), _locations[28].Offset + 12, 0x01);

        using var found = new FoundLog(_disk, LogRun.Options);

        Assert.Equal(Lsns(1, 28, 30, 30), found.Lsns(Generation.Hot));
        Assert.Equal((29, 29), (found.Store.Damage.Single().FirstLsn, found.Store.Damage.Single().LastLsn));
        Assert.Equal(31, found.Store.Hot.Append(new byte[100], 100 - FrameHeader.SizeBytes).Lsn);
        Assert.NotEqual(_locations[28].SegNo, found.Store.Hot.TailSegNo);
    }

    [Fact]
    public void The_last_frame_is_a_torn_tail_because_nothing_says_that_it_was_flushed()
    {
        _disk.Flip(FileOf(_locations[29]), _locations[29].BodyOffset, 0x01);

        using var found = new FoundLog(_disk, LogRun.Options);

        Assert.Equal(Lsns(1, 29, 1, 0), found.Lsns(Generation.Hot));
        Assert.Empty(found.Store.Damage);
        Assert.Equal(new TornTail(FileOf(_locations[29]), _locations[29].Offset, 340, 30), Assert.Single(found.Store.TornTails));
        Assert.Equal(_locations[29], found.Store.Hot.Append(new byte[FrameHeader.SizeBytes + 300], 0));
    }

    [Fact]
    public void Everything_behind_a_torn_frame_is_cut_and_never_comes_back()
    {
        foreach (var size in (int[])[300, 300, 300])
        {
            _written.Store.Hot.Append(new byte[FrameHeader.SizeBytes + size], size % 7);
        }

        _disk.Flip(FileOf(_locations[29]), _written.Store.Hot.EndOffset(_written.Store.Hot.TailSegNo) - 900, 0x01);
        using (var cut = new FoundLog(_disk, LogRun.Options))
        {
            Assert.Equal(30, cut.Lsns(Generation.Hot)[^1]);
            Assert.Equal(31, Assert.Single(cut.Store.TornTails).FirstLsn);
            cut.Store.Hot.Append(new byte[FrameHeader.SizeBytes + 300], 300 % 7);
            cut.Store.Hot.Flush();
        }

        using var found = new FoundLog(_disk, LogRun.Options);

        Assert.Equal(31, found.Lsns(Generation.Hot)[^1]);
        Assert.Empty(found.Store.Damage);
    }

    [Fact]
    public void A_term_that_only_frames_that_are_cut_off_tell_of_is_not_used_again()
    {
        using (var second = new FoundLog(_disk, LogRun.Options))
        {
            Assert.Equal(2u, second.Store.Term);
            var torn = second.Store.Hot.Append(new byte[FrameHeader.SizeBytes + 50], 50 % 7);
            second.Store.Hot.Append(new byte[FrameHeader.SizeBytes + 50], 50 % 7);
            _disk.Flip(FileOf(torn), torn.Offset + 9, 0x01);
        }

        using var found = new FoundLog(_disk, LogRun.Options);

        Assert.Equal(Lsns(1, 30, 1, 0), found.Lsns(Generation.Hot));
        Assert.Equal(3u, found.Store.Term);
    }

    [Fact]
    public void A_missing_segment_is_reported_with_its_frames()
    {
        var gone = _locations.Where(location => location.SegNo == 2).ToList();
        _disk.Delete(FileOf(gone[0]));

        using var found = new FoundLog(_disk, LogRun.Options);

        Assert.Equal(new DamagedRange(FileOf(gone[0]), 0, 0, gone[0].Lsn, gone[^1].Lsn, "the file is missing"), Assert.Single(found.Store.Damage));
        Assert.Equal(30 - gone.Count, found.Frames.Count);
    }

    [Fact]
    public void A_damaged_header_costs_nothing_but_the_segment_gets_no_more_frames()
    {
        var tail = FileOf(_locations[29]);
        _disk.Flip(tail, 77, 0x80);

        using var found = new FoundLog(_disk, LogRun.Options);

        Assert.Equal(Lsns(1, 30, 1, 0), found.Lsns(Generation.Hot));
        Assert.Equal($"{tail}: 4096 bytes at offset 0: the segment header is damaged; no frame lost", Assert.Single(found.Store.Damage).ToString());
        Assert.NotEqual(_locations[29].SegNo, found.Store.Hot.Append(new byte[100], 0).SegNo);
    }

    [Fact]
    public void A_header_that_cannot_be_read_costs_nothing()
    {
        _disk.BreakSector(FileOf(_locations[0]), 0);

        using var found = new FoundLog(_disk, LogRun.Options);

        Assert.Equal(Lsns(1, 30, 1, 0), found.Lsns(Generation.Hot));
        Assert.Equal("the segment header is damaged", Assert.Single(found.Store.Damage).Cause);
    }

    [Fact]
    public void A_segment_under_the_name_of_another_is_put_aside_and_its_place_is_a_hole()
    {
        var (one, two) = (FileOf(_locations[0]), FileOf(_locations[15]));
        _disk.Put(two, _disk.Contents(one));

        using var found = new FoundLog(_disk, LogRun.Options);

        Assert.Contains(found.Store.Damage, range => range.File == two && range.Cause == $"it is {one} under a wrong name");
        Assert.Contains(found.Store.Damage, range => range.File == two && range.FirstLsn <= 16 && range.LastLsn >= 16 && range.Cause == "the file is missing");
        Assert.Equal(["quarantine-" + two], found.Store.Quarantine);
    }

    [Fact]
    public void A_segment_of_another_store_is_put_aside()
    {
        var name = FileOf(_locations[0]);
        var other = new SimulatedDisk();
        using (var log = new FoundLog(other, LogRun.Options with { StoreId = Guid.Empty }))
        {
            log.Store.Hot.Append(new byte[100], 0);
        }

        _disk.Put(name, other.Contents(name));

        using var found = new FoundLog(_disk, LogRun.Options);

        Assert.Contains(found.Store.Damage, range => range.File == name && range.Cause == $"it belongs to the store {Guid.Empty}");
        Assert.Equal(["quarantine-" + name], found.Store.Quarantine);
        Assert.False(_disk.Exists(name));
        Assert.DoesNotContain(found.Lsns(Generation.Hot), lsn => lsn <= _locations.Last(location => location.SegNo == 1).Lsn);
    }

    [Fact]
    public void A_sector_that_cannot_be_read_is_never_a_torn_tail()
    {
        _disk.BreakSector(FileOf(_locations[29]), _locations[29].BodyOffset + 100);

        using var found = new FoundLog(_disk, LogRun.Options);

        var first = _locations.First(location => location.SegNo == _locations[29].SegNo).Lsn;       // the segment has one block of 4 KiB besides its header
        Assert.Equal(Lsns(1, first - 1, 1, 0), found.Lsns(Generation.Hot));
        Assert.Equal((first, long.MaxValue, "the disk cannot read it"), (found.Store.Damage.Single().FirstLsn, found.Store.Damage.Single().LastLsn, found.Store.Damage.Single().Cause));
        Assert.True(_disk.Exists("quarantine-" + FileOf(_locations[29])));
    }

    [Fact]
    public void A_file_that_the_disk_gives_nothing_of_stops_the_opening_and_nothing_is_changed()
    {
        var name = FileOf(_locations[29]);
        var names = _disk.List();
        var before = names.ToDictionary(file => file, file => _disk.Contents(file).ToArray(), StringComparer.Ordinal);
        for (var offset = 0; offset < before[name].Length; offset += 512)
        {
            _disk.BreakSector(name, offset);
        }

        var exception = Assert.Throws<IOException>(() => new FoundLog(_disk, LogRun.Options));

        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        Assert.Equal(names, _disk.List());
        Assert.All(names, file => Assert.Equal(before[file], _disk.Contents(file).ToArray()));
    }

    [Fact]
    public void Damage_can_stop_the_opening_and_then_nothing_is_changed()
    {
        _disk.Flip(FileOf(_locations[4]), _locations[4].BodyOffset, 0x01);
        var names = _disk.List();
        var calls = _disk.Copy(isRecording: true);

        var exception = Assert.Throws<StoreDamagedException>(() => new FoundLog(calls, LogRun.Options with { StopOnDamage = true }));

        Assert.Equal(5, Assert.Single(exception.Damage).FirstLsn);
        Assert.Empty(calls.Calls);
        Assert.Equal(names, calls.List());
    }

    [Theory]
    [InlineData(8, 2, "format 2.0, features 0x0; this version reads format 1.0")]
    [InlineData(12, 4, "format 1.0, features 0x4; this version reads format 1.0")]
    public void A_newer_format_is_refused_and_nothing_is_changed(int offset, byte value, string text)
    {
        var name = FileOf(_locations[0]);
        var bytes = _disk.Contents(name);
        bytes[offset] = value;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4092), Crc32C.Finish(Crc32C.Append(Crc32C.Start, bytes.AsSpan(0, 4092))));
        _disk.Put(name, bytes);
        var calls = _disk.Copy(isRecording: true);

        var exception = Assert.Throws<StoreFormatException>(() => new FoundLog(calls, LogRun.Options));

        Assert.Contains(text, exception.Message, StringComparison.Ordinal);
        Assert.Empty(calls.Calls);
    }

    [Fact]
    public void When_there_is_no_space_for_a_copy_the_store_opens_all_the_same()
    {
        _disk.Flip(FileOf(_locations[4]), _locations[4].BodyOffset, 0x01);
        _disk.CapacityBytes = _disk.UsedBytes + 5000;

        using var found = new FoundLog(_disk, LogRun.Options);

        Assert.Equal([FileOf(_locations[4])], found.Store.NotQuarantined);
        Assert.Equal(29, found.Frames.Count);
        Assert.DoesNotContain(_disk.List(), name => name.StartsWith("quarantine", StringComparison.Ordinal));
    }

    [Fact]
    public void Damage_that_comes_later_is_met_when_a_frame_is_read_or_scanned()
    {
        var hit = _locations[4];
        _disk.Flip(FileOf(hit), hit.BodyOffset, 0x01);
        var damage = new List<DamagedRange>();
        _written.Store.Hot.OnDamage = damage.Add;
        var buffer = Array.Empty<byte>();
        var lsns = new List<long>();

        Assert.False(_written.Store.Hot.TryReadFrame(hit.SegNo, hit.Offset, ref buffer, out _));
        Assert.True(_written.Store.Hot.TryReadFrame(hit.SegNo, _locations[5].Offset, ref buffer, out var size));
        _written.Store.Hot.ScanSegment(hit.SegNo, 0, int.MaxValue, (in FrameLocation location, ReadOnlySpan<byte> _, int _) => lsns.Add(location.Lsn));

        Assert.Equal((300, (byte)6), (size, buffer[FrameHeader.SizeBytes]));
        Assert.Equal(_locations.Where(location => location.SegNo == 1).Select(location => location.Lsn).Except([5]), lsns);
        Assert.Equal((5, 5), (damage.Single().FirstLsn, damage.Single().LastLsn));
    }

    [Fact]
    public void A_publisher_cannot_put_a_frame_into_a_payload()
    {
        var forged = new byte[FrameHeader.SizeBytes + 8];
        new FrameHeader(8, 32, _locations[29].SegNo, 1, 31, 1, Generation.Hot).Write(forged, FrameHeader.SaltOf(Guid.Empty));
        var frame = new byte[FrameHeader.SizeBytes + 96];
        forged.CopyTo(frame.AsSpan(FrameHeader.SizeBytes));
        var hit = _written.Store.Hot.Append(frame, 96 % 7);
        _written.Store.Hot.Append(new byte[FrameHeader.SizeBytes], 0);
        _disk.Flip(FileOf(hit), hit.Offset + 36, 0x01);

        using var found = new FoundLog(_disk, LogRun.Options);

        Assert.Equal(Lsns(1, 30, 1, 0), found.Lsns(Generation.Hot));
    }

    public void Dispose() => _written.Dispose();

    private static string FileOf(FrameLocation location) => SegmentName.Of(location.Generation, location.SegNo);

    private static long[] Lsns(long first, long last, long laterFirst, long laterLast) =>
        [.. Range(first, last), .. Range(laterFirst, laterLast)];

    private static IEnumerable<long> Range(long first, long last)
    {
        for (var lsn = first; lsn <= last; lsn++)
        {
            yield return lsn;
        }
    }
}
