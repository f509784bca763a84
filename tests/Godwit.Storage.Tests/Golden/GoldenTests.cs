using System.Buffers.Binary;
using System.Text;
using Godwit.Storage.Segments;
using Godwit.Storage.Tests.Files;
using Godwit.Storage.Tests.Tools;
using Godwit.Storage.Tools;

namespace Godwit.Storage.Tests.Golden;

/// <summary>Stores of every released format stay readable: <c>v1</c> was written by <see cref="GoldenStore"/>, and what it holds stands in content.ndjson.</summary>
public sealed class GoldenTests : IDisposable
{
    private const string ContentName = "content.ndjson";

    private readonly TemporaryFolder _folder = new();

    private static string Golden => Path.Combine(AppContext.BaseDirectory, "Golden", "v1");

    private static string[] GoldenFiles => [.. Directory.GetFiles(Golden).Where(file => Path.GetFileName(file) != ContentName).Order(StringComparer.Ordinal)];

    private string Store => Path.Combine(_folder.Path, "store");

    [Fact]
    public void A_store_of_format_1_has_exactly_the_stated_content()
    {
        Copy();

        Assert.Equal(File.ReadAllText(Path.Combine(Golden, ContentName)), Export(Store));
        var found = StoreInspector.Inspect(Store, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(found.IsSound);
        Assert.Equal((2, 2, 1, 2, 1, 5), (found.Sessions, found.Subscriptions, found.Inbound, found.Wills, found.Retained, (int)found.Queued));
        Assert.True(found is { ColdSegments: > 0, HotSegments: > 0 });
    }

    [Fact]
    public void A_broker_opens_a_store_of_format_1_and_loses_nothing()
    {
        Copy();
        var before = Export(Store).Split('\n').Skip(1);

        using (var harness = GoldenStore.Open(Store, nowMs: 1_000_000))
        {
            Assert.True(harness.Journal.Report.IsComplete);
            var read = harness.Read(harness.Journal.ShardLog(0), 1, 0, 100_000);
            Assert.Equal([1L, 2, 50], read.Entries.Select(entry => entry.Seq));
            harness.Journal.Stop(harness.NowMs);
        }

        Assert.Equal(before, Export(Store).Split('\n').Skip(1));
    }

    [Fact]
    public void What_is_written_today_is_format_1_byte_for_byte()
    {
        GoldenStore.Write(Store);

        var written = Directory.GetFiles(Store).Where(file => !Path.GetFileName(file).StartsWith("pool-", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(GoldenFiles.Select(Path.GetFileName), written.Select(Path.GetFileName));
        Assert.All(GoldenFiles.Zip(written), pair => Assert.Equal(File.ReadAllBytes(pair.First), File.ReadAllBytes(pair.Second)));
    }

    [Fact]
    public void A_store_of_format_2_is_refused_by_name_and_nothing_is_changed()
    {
        Copy();
        var file = Path.Combine(Store, "STORE");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"format\": 1", "\"format\": 2"));

        IsRefused("the store has format 2; this version reads 1");
    }

    [Fact]
    public void A_segment_of_format_2_is_refused_by_name_and_nothing_is_changed()
    {
        Copy();
        var segment = Directory.GetFiles(Store, "hot-*").Order(StringComparer.Ordinal).Last();
        var bytes = File.ReadAllBytes(segment);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), 2);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4092), Crc32C.Finish(Crc32C.Append(Crc32C.Start, bytes.AsSpan(0, 4092))));
        File.WriteAllBytes(segment, bytes);

        IsRefused($"{Path.GetFileName(segment)} is of format 2.0");
    }

    public void Dispose() => _folder.Dispose();

    private static string Export(string directory)
    {
        using var output = new MemoryStream();
        Assert.True(StoreExporter.Export(directory, output, cancellationToken: TestContext.Current.CancellationToken).IsComplete);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private void IsRefused(string message)
    {
        var before = StoreFolder.Fingerprint(Store).Split('\n').Skip(1).ToList();        // the time of the directory: whether it can be written is tried
        Action[] uses =
        [
            () => GoldenStore.Open(Store).Dispose(),
            () => StoreInspector.Inspect(Store),
            () => Export(Store),
            () => StoreBackup.Back(Store, Path.Combine(_folder.Path, "backup")),
            () => StoreRepair.Repair(Store),
        ];
        Assert.All(uses, use => Assert.Contains(message, Assert.Throws<StoreFormatException>(use).Message));
        File.Delete(Path.Combine(Store, StoreLock.FileName));
        Assert.Equal(before, StoreFolder.Fingerprint(Store).Split('\n').Skip(1));
    }

    private void Copy()
    {
        Directory.CreateDirectory(Store);
        Array.ForEach(GoldenFiles, file => File.Copy(file, Path.Combine(Store, Path.GetFileName(file))));
    }
}
