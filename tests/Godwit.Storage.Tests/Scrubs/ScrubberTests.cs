using Godwit.Simulation.Disks;
using Godwit.Storage.Scrubs;
using Godwit.Storage.Segments;
using Godwit.Storage.Tools;

namespace Godwit.Storage.Tests.Scrubs;

/// <summary>The scrub finds what the disk has lost of sealed segments, names it once, and takes nothing else for damage.</summary>
public sealed class ScrubberTests : IDisposable
{
    private readonly ScrubHarness _harness = new();
    private readonly byte[] _window = new byte[1 << 20];

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void A_sound_store_is_read_from_end_to_end_and_nothing_is_reported_or_written()
    {
        var before = Contents();
        using var scrubber = _harness.Scrub();

        _harness.Run(scrubber);

        var round = Assert.Single(_harness.Rounds);
        Assert.Empty(_harness.Damage);
        Assert.Equal(_harness.Segments("hot").Count + _harness.Segments("cold").Count - 2, round.Segments);
        Assert.True(round.Bytes > round.Segments * 10_000, $"only {round.Bytes} bytes were read");
        Assert.Equal((0, 0), (round.Damaged, round.Unread));
        Assert.Equal(before, Contents());
    }

    [Theory]
    [InlineData("hot")]
    [InlineData("cold")]
    public void A_flipped_bit_is_found_and_named_as_an_opening_names_it_and_only_once(string generation)
    {
        var file = _harness.Segments(generation)[0];
        _harness.Disk.Flip(file, 5_000);
        var damaged = Contents();
        using var scrubber = _harness.Scrub();

        _harness.Run(scrubber, rounds: 3);

        var range = Assert.Single(_harness.Damage);
        Assert.Equal(damaged, Contents());
        Assert.All(_harness.Rounds, round => Assert.Equal(1, round.Damaged));
        Assert.Equal(1, scrubber.FoundCount);
        Assert.Equal((file, "no intact frame"), (range.File, range.Cause));
        Assert.InRange(5_000, range.Offset, range.Offset + range.SizeBytes - 1);
        Assert.Equal(range.FirstLsn, range.LastLsn);
        _harness.Store.Reopen();
        Assert.Equal(range, Assert.Single(_harness.Store.Journal.Report.Damage));
    }

    [Fact]
    public void Damage_that_the_opening_has_reported_is_not_reported_again_but_new_damage_is()
    {
        var (first, second) = (_harness.Segments("hot")[0], _harness.Segments("cold")[0]);
        _harness.Disk.Flip(first, 5_000);
        _harness.Store.Reopen();
        var known = _harness.Store.Journal.Report.Damage;
        Assert.NotEmpty(known);
        var options = _harness.Options;
        using var scrubber = _harness.Scrub(new ScrubOptions { StoreId = options.StoreId, Known = known, OnDamage = options.OnDamage, OnRound = options.OnRound });

        _harness.Run(scrubber);
        Assert.Empty(_harness.Damage);
        _harness.Disk.Flip(second, 5_000);
        _harness.Run(scrubber, rounds: 2);

        Assert.Equal(second, Assert.Single(_harness.Damage).File);
    }

    [Fact]
    public void Every_byte_that_is_in_use_is_checked()
    {
        var file = _harness.Segments("hot")[0];
        var segment = SealedSegment.In(_harness.Disk.List()).Single(segment => segment.Name == file);
        var frames = Frames(segment);
        Assert.True(frames.Count > 10);

        foreach (var offset in Enumerable.Range(0, SegmentHeader.SizeBytes / 8).Select(word => 8 * word).Concat(frames.SelectMany(frame => Enumerable.Range(frame.Offset, frame.BodyOffset + frame.BodySize - frame.Offset))))
        {
            _harness.Disk.Flip(file, offset, 0x20);
            Assert.True(IsDamaged(segment), $"byte {offset}");
            _harness.Disk.Flip(file, offset, 0x20);
        }

        Assert.False(IsDamaged(segment));
    }

    [Fact]
    public void What_is_seen_only_once_is_no_damage()
    {
        var file = _harness.Segments("hot")[1];
        _harness.Disk.Flip(file, 5_000);
        using var scrubber = _harness.Scrub();
        var isHealed = false;

        _harness.Run(scrubber, between: () =>
        {
            if (!isHealed && scrubber.IsSuspicious)
            {
                _harness.Disk.Flip(file, 5_000);
                isHealed = true;
            }
        });

        Assert.True(isHealed);
        Assert.Empty(_harness.Damage);
    }

    [Fact]
    public void A_sector_that_the_disk_cannot_read_is_damage()
    {
        var file = _harness.Segments("cold")[0];
        _harness.Disk.BreakSector(file, 6_000);
        using var scrubber = _harness.Scrub();

        _harness.Run(scrubber, rounds: 2);

        var range = Assert.Single(_harness.Damage);
        Assert.Equal((file, "the disk cannot read it"), (range.File, range.Cause));
        Assert.InRange(range.Offset, SegmentHeader.SizeBytes, 6_000);
    }

    [Fact]
    public void A_damaged_header_is_named_and_the_frames_behind_it_are_still_checked()
    {
        var file = _harness.Segments("hot")[0];
        _harness.Disk.Flip(file, 20);
        _harness.Disk.Flip(file, 6_000);
        using var scrubber = _harness.Scrub();

        _harness.Run(scrubber, rounds: 2);

        Assert.Equal([(file, 0L), (file, _harness.Damage[^1].Offset)], _harness.Damage.Select(range => (range.File, range.Offset)));
        Assert.True(_harness.Damage[^1].Offset >= SegmentHeader.SizeBytes);
    }

    [Fact]
    public void A_segment_that_is_missing_in_the_middle_is_named()
    {
        var file = _harness.Segments("hot")[1];
        _harness.Disk.Delete(file);
        using var scrubber = _harness.Scrub();

        _harness.Run(scrubber, rounds: 2);

        Assert.Equal((file, "the file is missing"), (_harness.Damage.Single().File, _harness.Damage.Single().Cause));
    }

    [Theory]
    [InlineData(8_000)]
    [InlineData(SegmentHeader.SizeBytes)]
    public void A_segment_that_was_cut_short_is_damage(int length)
    {
        var file = _harness.Segments("hot")[0];
        using (var cut = _harness.Disk.Open(file))
        {
            cut.SetLength(length);
        }

        using var scrubber = _harness.Scrub();

        _harness.Run(scrubber, rounds: 2);

        Assert.Equal(file, Assert.Single(_harness.Damage).File);
    }

    [Fact]
    public void The_segment_that_is_written_to_is_left_alone()
    {
        _harness.Disk.Flip(_harness.Segments("hot")[^1], SegmentHeader.SizeBytes + 50);
        _harness.Disk.Flip(_harness.Segments("cold")[^1], SegmentHeader.SizeBytes + 50);
        using var scrubber = _harness.Scrub();

        _harness.Run(scrubber);

        Assert.Empty(_harness.Damage);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public void Segments_that_are_given_back_and_used_again_meanwhile_are_no_damage(int messagesBetween)
    {
        var options = _harness.Options;
        using var scrubber = _harness.Scrub(new ScrubOptions { StoreId = options.StoreId, IntervalMs = 0, BytesPerSecond = 3_000_000, OnDamage = options.OnDamage, OnRound = options.OnRound });
        var retired = _harness.Store.Journal.Stats.RetiredSegments;

        _harness.Run(scrubber, rounds: 60, between: () => _harness.Churn(messagesBetween));

        Assert.Empty(_harness.Damage);
        Assert.True(_harness.Store.Journal.Stats.RetiredSegments > retired + 10);
    }

    [Fact]
    public void A_segment_that_is_given_back_during_the_second_look_is_no_damage()
    {
        var file = _harness.Segments("hot")[0];
        _harness.Disk.Flip(file, 5_000);
        using var scrubber = _harness.Scrub();
        var isGivenBack = false;
        _harness.Disk.Faults = (kind, _) =>
        {
            if (!isGivenBack && kind == DiskCallKind.Read && scrubber.IsSuspicious)
            {
                isGivenBack = true;
                _harness.Disk.Rename(file, SegmentName.OfPool(77));
            }

            return DiskFault.None;
        };

        _harness.Run(scrubber);

        Assert.True(isGivenBack);
        Assert.Empty(_harness.Damage);
    }

    private List<FrameLocation> Frames(SealedSegment segment)
    {
        var frames = new List<FrameLocation>();
        using var reading = StoreReading.Read(_harness.Disk, (in FrameLocation location, ReadOnlySpan<byte> _, int _) => frames.Add(location));
        return [.. frames.Where(frame => frame.Generation == segment.Generation && frame.SegNo == segment.SegNo)];
    }

    private bool IsDamaged(SealedSegment segment)
    {
        var isDamaged = false;
        using var check = new SegmentCheck(_harness.Disk, segment, _harness.Options, _window, _ => { });
        while (check.Advance(int.MaxValue, _ => isDamaged = true))
        {
        }

        return isDamaged;
    }

    private Dictionary<string, string> Contents() =>
        _harness.Disk.List().ToDictionary(name => name, name => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(_harness.Disk.Contents(name))), StringComparer.Ordinal);
}
