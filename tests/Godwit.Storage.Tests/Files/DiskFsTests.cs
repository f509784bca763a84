using System.Runtime.Versioning;
using Godwit.Storage.Files;
using Godwit.Storage.Segments;
using Godwit.Storage.Tests.Segments;

namespace Godwit.Storage.Tests.Files;

/// <summary>The real file system.</summary>
public sealed class DiskFsTests : IDisposable
{
    private const int Mebibyte = 1 << 20;

    private readonly TemporaryFolder _folder = new();

    [Fact, UnsupportedOSPlatform("windows"), Spec("Hostile-53")]
    public void Only_the_owner_may_read_a_store()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        var path = Path.Combine(_folder.Path, "new", "store");
        var fs = new DiskFs(path);

        fs.Create("a", 5000).Dispose();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(path, "a")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        Assert.Equal(["a"], fs.List());
    }

    [Fact]
    public void A_file_that_is_deleted_while_it_is_open_is_gone_at_once_and_closed_soon()
    {
        var fs = new DiskFs(_folder.Path);
        var file = fs.Create("a", 5000);

        fs.DeleteOpen("a", file);

        Assert.Empty(fs.List());
        Assert.True(SpinWait.SpinUntil(IsClosed, TimeSpan.FromSeconds(10)), "the file stays open");

        bool IsClosed()
        {
            try
            {
                return file.Length < 0;
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }

    [Theory]
    [InlineData("/proc/self")]
    [InlineData("/dev/null/store")]
    public void A_place_where_nothing_can_be_kept_is_refused(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "these places are Linux's");

        Assert.ThrowsAny<IOException>(() => new DiskFs(path));
    }

    [Fact]
    public void A_flush_that_the_system_refuses_is_told()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/null refuses to be flushed on Linux");
        using var file = new DiskFile("/dev/null", FileMode.Open);

        Assert.Contains("fdatasync /dev/null", Assert.Throws<IOException>(file.Flush).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_lives_on_it()
    {
        var options = LogRun.Options with { SegmentSizeBytes = 64 << 10 };
        using (var log = new FoundLog(new DiskFs(_folder.Path), options))
        {
            for (var number = 0; number < 1000; number++)
            {
                var frame = new byte[FrameHeader.SizeBytes + 400];
                frame.AsSpan(FrameHeader.SizeBytes).Fill((byte)number);
                log.Store.Hot.Append(frame, 400 % 7);
                if (number % 10 == 0)
                {
                    log.Store.Hot.Flush();
                }

                if (log.Store.Hot.Count > 3)
                {
                    log.Store.Hot.RetireFront();
                }
            }
        }

        using var found = new FoundLog(new DiskFs(_folder.Path), options);

        var lsns = found.Lsns(Generation.Hot);
        Assert.Equal(1000, lsns[^1]);
        Assert.Equal(lsns[^1] - lsns[0] + 1, lsns.Length);
        Assert.All(found.Frames, pair => Assert.Equal((byte)(pair.Key.Lsn - 1), pair.Value[7]));
        Assert.Empty(found.Store.Damage);
        Assert.Equal(3 + found.Store.Pool.Count, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_frame()
    {
        using var log = new FoundLog(new DiskFs(_folder.Path), LogRun.Options with { SegmentSizeBytes = Mebibyte });
        var frame = new byte[FrameHeader.SizeBytes + 100];
        AppendMany();

        Assert.Equal(0, Allocations.Least(AppendMany));

        void AppendMany()
        {
            for (var number = 0; number < 100; number++)
            {
                log.Store.Hot.Append(frame, 100 % 7);
                if (number % 10 == 0)
                {
                    log.Store.Hot.Flush();
                }
            }
        }
    }

    [Fact]
    public void A_full_file_system_is_told_apart_and_leaves_no_half_file()
    {
        var fs = Small(4 * Mebibyte);

        Assert.Throws<StoreFullException>(() => fs.Create("large", 8 * Mebibyte));
        Assert.Empty(fs.List());
        using var file = fs.Create("growing", 0);
        Assert.Throws<StoreFullException>(() =>
        {
            for (var offset = 0; offset < 8 * Mebibyte; offset += 65536)
            {
                file.Write(new byte[65536], offset);
            }
        });
    }

    [Fact]
    public void Space_set_aside_is_there_when_the_file_system_is_full()
    {
        var fs = Small(4 * Mebibyte);
        using var ahead = fs.Create("ahead", Mebibyte);
        using var rest = fs.Create("rest", 0);
        Assert.Throws<StoreFullException>(() =>
        {
            for (var offset = 0; offset < 8 * Mebibyte; offset += 4096)
            {
                rest.Write(new byte[4096], offset);
            }
        });
        Assert.Equal(0, fs.FreeBytes);

        ahead.Write(new byte[Mebibyte], 0);
        ahead.Flush();
    }

    [Fact]
    public void A_log_on_a_full_file_system_loses_nothing_and_goes_on_when_there_is_space()
    {
        var fs = Small(4 * Mebibyte);
        var options = LogRun.Options with { SegmentSizeBytes = Mebibyte };
        using (var log = new FoundLog(fs, options))
        {
            Assert.Throws<StoreFullException>(() => Fill(log.Store));
            var last = log.Store.Hot.LastLsn;
            Assert.Throws<StoreFullException>(() => Fill(log.Store));
            log.Store.Hot.RetireFront();
            log.Store.Hot.Append(new byte[FrameHeader.SizeBytes + 1000], 1000 % 7);
            log.Store.Hot.Flush();
            Assert.Equal(last + 1, log.Store.Hot.LastLsn);
        }

        using var found = new FoundLog(fs, options);

        var lsns = found.Lsns(Generation.Hot);
        Assert.Equal(lsns[^1] - lsns[0] + 1, lsns.Length);
        Assert.Empty(found.Store.Damage);
        Assert.Empty(found.Store.TornTails);
    }

    public void Dispose() => _folder.Dispose();

    private static void Fill(LogScanResult store)
    {
        while (true)
        {
            store.Hot.Append(new byte[FrameHeader.SizeBytes + 1000], 1000 % 7);
        }
    }

    private DiskFs Small(int sizeBytes)
    {
        var error = _folder.Mount(sizeBytes);
        Assert.SkipWhen(error.Length > 0, "no file system of a given size can be mounted here: " + error);
        return new DiskFs(_folder.Path);
    }
}
