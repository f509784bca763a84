using System.Globalization;
using Godwit.Testing.Running;

namespace Godwit.Kills.Disks;

/// <summary>A file system in memory (tmpfs) of a few megabytes, mounted for one test.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private SmallDisk()
    {
    }

    /// <summary>Where it is mounted.</summary>
    public string Path => System.IO.Path.Combine(_directory.Path, "disk");

    /// <summary>Mounts one; skips the running test where that is forbidden.</summary>
    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        var disk = new SmallDisk();
        Directory.CreateDirectory(disk.Path);
        var size = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");
        await using var mount = ProgramRun.Start("mount", ["-t", "tmpfs", "-o", size, "godwit-kills", disk.Path]);
        if (await mount.EndAsync() != 0)
        {
            disk._directory.Dispose();
            Assert.Skip($"mount is not allowed here: {string.Join(' ', mount.Errors.Lines)}");
        }

        return disk;
    }

    public async ValueTask DisposeAsync()
    {
        await using (var unmount = ProgramRun.Start("umount", ["-l", Path]))
        {
            await unmount.EndAsync();
        }

        _directory.Dispose();
    }
}
