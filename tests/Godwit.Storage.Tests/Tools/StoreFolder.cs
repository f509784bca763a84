using System.Security.Cryptography;
using Godwit.Storage.Files;
using Godwit.Storage.Tests.Files;
using Godwit.Storage.Tests.Journals;
using Godwit.Storage.Tools;

namespace Godwit.Storage.Tests.Tools;

/// <summary>A store on the disk with a random state in it, closed.</summary>
internal sealed class StoreFolder : IDisposable
{
    public const int SegmentSize = 16 << 10;

    private readonly TemporaryFolder _folder = new();
    private (string File, long Offset) _damaged;

    public StoreFolder(int seed, int steps = 3_000)
    {
        using var harness = Open();
        var load = new RandomLoad(seed, harness.Journal, shards: 2);
        for (var step = 0; step < steps; step++)
        {
            load.Step();
            if (step % 7 == 0)
            {
                harness.Journal.RunOnce(harness.NowMs);
            }
        }

        load.CommitAll();
        harness.Run();
        harness.Journal.Stop(harness.NowMs);
        Dump = harness.Dump();
    }

    /// <summary>The directory of the store.</summary>
    public string Path => System.IO.Path.Combine(_folder.Path, "store");

    /// <summary>What a broker would find, as text.</summary>
    public string Dump { get; }

    /// <summary>Another directory, which does not exist yet.</summary>
    public string Other(string name = "other") => System.IO.Path.Combine(_folder.Path, name);

    /// <summary>Opens a directory as a broker does.</summary>
    public JournalHarness Open(string? directory = null) => new(new DiskFs(directory ?? Path), shards: 2, segmentSizeBytes: SegmentSize);

    public string DumpOf(string directory)
    {
        using var harness = Open(directory);
        Assert.True(harness.Journal.Report.IsComplete);
        return harness.Dump();
    }

    /// <summary>Names, lengths, times and contents of all files; but not of the lock, which others may hold.</summary>
    public static string Fingerprint(string directory) => string.Join('\n', new DirectoryInfo(directory).GetFiles().Where(file => file.Name != StoreLock.FileName && file.ResolveLinkTarget(returnFinalTarget: true)?.Exists != false).OrderBy(file => file.Name, StringComparer.Ordinal)
        .Select(file => $"{file.Name} {file.Length} {file.LastWriteTimeUtc:O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName)))}")
        .Prepend($"{new DirectoryInfo(directory).LastWriteTimeUtc:O}"));

    /// <summary>Turns a bit of a file around.</summary>
    public static void Damage(string path, long offset)
    {
        using var file = File.Open(path, FileMode.Open);
        file.Position = offset;
        var value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ 0x10));
    }

    /// <summary>Damages a frame in the middle of the first hot segment.</summary>
    /// <returns>The name of the file.</returns>
    public string DamageFirst()
    {
        var segment = StoreInspector.Inspect(Path).Segments.First(segment => segment.File.StartsWith("hot-", StringComparison.Ordinal));
        _damaged = (System.IO.Path.Combine(Path, segment.File), 4_096 + ((segment.UsedBytes - 4_096) / 2));
        Damage(_damaged.File, _damaged.Offset);
        return segment.File;
    }

    /// <summary>Makes the damaged frame good again.</summary>
    public void Mend() => Damage(_damaged.File, _damaged.Offset);

    public string Export(string? directory = null)
    {
        using var output = new MemoryStream();
        StoreExporter.Export(directory ?? Path, output, cancellationToken: TestContext.Current.CancellationToken);
        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }

    public void Dispose() => _folder.Dispose();
}
