using System.Globalization;

namespace Godwit.Compare.Idle;

/// <summary>
/// A hard limit of memory for one process and its children: a control group as containers have it, version 2 or 1, where this user may make
/// one; else only the limit of the managed heap that .NET would set itself in such a group.
/// </summary>
internal sealed class MemoryCage : IAsyncDisposable
{
    private const int HeapPercent = 75;     // of the limit of a group, the default of .NET

    private readonly string? _group;
    private readonly bool _isVersion2;
    private readonly long _limitBytes;

    private MemoryCage(string? group, bool isVersion2, long limitBytes)
    {
        _group = group;
        _isVersion2 = isVersion2;
        _limitBytes = limitBytes;
    }

    /// <summary>How the limit is held, in words.</summary>
    public string Kind => (_group, _isVersion2) switch
    {
        (null, _) => "managed heap limited, no control group to be had",
        (_, true) => "control group, version 2",
        _ => "control group, version 1",
    };

    /// <summary>Makes one.</summary>
    public static MemoryCage Create(long limitBytes)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"godwit-idle-{Environment.ProcessId}");
        return TryCreate(Path.Combine("/sys/fs/cgroup", name), isVersion2: true, limitBytes)
            ?? TryCreate(Path.Combine("/sys/fs/cgroup/memory", name), isVersion2: false, limitBytes)
            ?? new MemoryCage(group: null, isVersion2: false, limitBytes);
    }

    /// <summary>The command line that starts a program inside.</summary>
    public (string File, IReadOnlyList<string> Arguments) Wrap(string file, IReadOnlyList<string> arguments) => _group is null
        ? ("/usr/bin/env", [string.Create(CultureInfo.InvariantCulture, $"DOTNET_GCHeapHardLimit=0x{_limitBytes * HeapPercent / 100:X}"), file, .. arguments])
        : ("/bin/sh", ["-c", "echo $$ >\"$0\" && exec \"$@\"", Path.Combine(_group, "cgroup.procs"), file, .. arguments]);

    /// <summary>What the kernel has ended inside because of the limit.</summary>
    public long KilledCount => _group is null ? 0 : Field(_isVersion2 ? "memory.events" : "memory.oom_control", "oom_kill ");

    /// <summary>Gives the group back; what ran inside has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var attempt = 0; _group is not null && attempt < 50; attempt++)
        {
            try
            {
                Directory.Delete(_group);
                return;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                await Task.Delay(20);       // the kernel has not yet forgotten the process that has just ended
            }
        }
    }

    private static MemoryCage? TryCreate(string group, bool isVersion2, long limitBytes)
    {
        try
        {
            if (!Directory.Exists(Path.GetDirectoryName(group)!))
            {
                return null;
            }

            Directory.CreateDirectory(group);
            var file = Path.Combine(group, isVersion2 ? "memory.max" : "memory.limit_in_bytes");
            if (File.Exists(file))
            {
                // No file system makes this one, so a group without the memory controller is seen here.
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
                stream.Write(System.Text.Encoding.ASCII.GetBytes(limitBytes.ToString(CultureInfo.InvariantCulture)));
                return new MemoryCage(group, isVersion2, limitBytes);
            }

            Directory.Delete(group);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private long Field(string file, string name)
    {
        var line = File.ReadLines(Path.Combine(_group!, file)).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[name.Length..], CultureInfo.InvariantCulture);
    }
}
