using System.Text;
using Godwit.Storage.Tools;

namespace Godwit.Storage.Tests.Tools;

/// <summary>The state as text, and back.</summary>
public sealed class StoreExportTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Export_import_and_export_again_are_the_same(int seed)
    {
        using var store = new StoreFolder(seed);
        var export = store.Export();

        Import(export, store.Other());

        Assert.Equal(export, store.Export(store.Other()));
        Assert.Equal(store.Dump, store.DumpOf(store.Other()));
    }

    [Fact]
    public void Messages_of_queues_are_those_of_the_store()
    {
        using var store = new StoreFolder(seed: 9);
        Import(store.Export(), store.Other());
        using var before = store.Open();
        using var after = store.Open(store.Other());
        foreach (var sessionNo in before.Journal.Index.Sessions.Keys)
        {
            var expected = before.Read(before.Journal.ShardLog(0), sessionNo, 0, 1_000_000);

            var read = after.Read(after.Journal.ShardLog(0), sessionNo, 0, 1_000_000);

            Assert.Equal(expected.Bytes, read.Bytes);
            Assert.Equal(
                expected.Entries.Select(entry => (entry.Seq, entry.IsReceived, entry.MessageId, entry.QoS, entry.Retain, entry.ExpiresAtMs, entry.PublisherId)),
                read.Entries.Select(entry => (entry.Seq, entry.IsReceived, entry.MessageId, entry.QoS, entry.Retain, entry.ExpiresAtMs, entry.PublisherId)));
        }
    }

    [Fact]
    public void Numbers_of_an_imported_store_are_not_given_out_again()
    {
        using var store = new StoreFolder(seed: 10);
        long nextId;
        uint nextSessionNo;
        using (var harness = store.Open())
        {
            nextId = harness.Journal.Index.NextId;
            nextSessionNo = harness.Journal.Index.NextSessionNo;
        }

        Import(store.Export(), store.Other());

        using var imported = store.Open(store.Other());
        Assert.True(imported.Journal.ShardLog(0).NewId() >= nextId);
        Assert.True(imported.Journal.ShardLog(0).NewSessionNo() >= nextSessionNo);
    }

    [Fact]
    public void Text_that_is_not_UTF_8_comes_back_as_it_was()
    {
        using var store = new StoreFolder(seed: 11, steps: 0);
        using (var harness = store.Open())
        {
            var log = harness.Journal.ShardLog(0);
            log.PutMessage(log.NewId(), new() { Topic = [0x61, 0xFF], QoS = Protocol.QoS.AtLeastOnce, ExpiresAtMs = long.MaxValue, AnnouncedExpiryMs = long.MaxValue, RetainedVersion = 1, RetainedUntilMs = long.MaxValue }, []);
            log.Commit(isAwaited: true);
            harness.Run();
        }

        var export = store.Export();
        Import(export, store.Other());

        Assert.Contains("\"topicBase64\":\"Yf8=\"", export);
        Assert.Equal(export, store.Export(store.Other()));
    }

    [Fact]
    public void A_directory_with_a_store_is_refused_and_stays_as_it_is()
    {
        using var store = new StoreFolder(seed: 12, steps: 100);
        var before = StoreFolder.Fingerprint(store.Path);

        var refusal = Assert.Throws<StoreToolException>(() => Import(store.Export(), store.Path));

        Assert.Contains($"{store.Path} holds a store already", refusal.Message);
        Assert.Equal(before, StoreFolder.Fingerprint(store.Path));
    }

    [Fact]
    public void A_store_in_use_is_not_exported()
    {
        using var store = new StoreFolder(seed: 13, steps: 100);
        using var fileLock = StoreLock.TakeToWrite(store.Path);

        var refusal = Assert.Throws<StoreToolException>(() => store.Export());

        Assert.Contains("in use by a running broker", refusal.Message);
    }

    [Theory]
    [InlineData("{\"type\":\"session\",\"id\":5}", "line 2: \"session\" is not a number")]
    [InlineData("{\"type\":\"sesion\",\"id\":5}", "line 2: \"type\" is sesion")]
    [InlineData("{\"type\":\"inbound\",\"id\":1,\"session\":1,\"packetId\":1}", "line 2: \"id\" is too small")]
    [InlineData("{\"type\":\"inbound\",\"id\":5,\"session\":1,\"packetId\":65536}", "line 2: \"packetId\" is not a number up to 65535")]
    [InlineData("{\"type\":\"message\",\"id\":5,\"topic\":\"a\",\"qos\":1,\"payload\":\"?\",\"recipients\":[]}", "line 2: \"payload\" is not base64")]
    [InlineData("{\"type\":\"message\",\"id\":5,\"topic\":\"a\",\"qos\":1,\"expiresAt\":\"soon\",\"recipients\":[]}", "line 2: \"expiresAt\" is not a time")]
    [InlineData("nonsense", "line 2: ")]
    public void A_line_that_is_wrong_is_named_and_nothing_is_left_behind(string line, string message)
    {
        using var store = new StoreFolder(seed: 14, steps: 0);
        var export = $$"""{"type":"store","format":"godwit-store-export","version":1,"nextId":10,"nextSession":2}{{'\n'}}{{line}}""";

        var refusal = Assert.Throws<StoreToolException>(() => Import(export, store.Other()));

        Assert.Contains(message, refusal.Message);
        Assert.DoesNotContain(Directory.GetFiles(store.Other()), file => Path.GetFileName(file) != "LOCK");
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("hello", "is not an export")]
    [InlineData("{\"format\":\"godwit-store-export\",\"version\":2}", "has version 2 of the export format; this godwit reads 1")]
    public void What_is_not_an_export_is_refused(string text, string message)
    {
        using var store = new StoreFolder(seed: 15, steps: 0);

        var refusal = Assert.Throws<StoreToolException>(() => Import(text, store.Other()));

        Assert.Contains(message, refusal.Message);
        Assert.False(Directory.Exists(store.Other()));
    }

    private static void Import(string export, string directory)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(export));
        StoreImporter.Import(input, "the export", directory, segmentSizeBytes: StoreFolder.SegmentSize);
    }
}
