using Godwit.Broker.Log;
using Godwit.Protocol;
using Godwit.Storage.Index;
using Godwit.Storage.Records;

namespace Godwit.Storage.Tests.Index;

/// <summary>What a queued message costs in memory, everything included. Runs alone: the memory of the whole process is what can be measured.</summary>
[Collection(nameof(MeasuredAlone))]
public sealed class IndexMemoryTests
{
    /// <summary>The budget: 64 bytes a message with one recipient, 16 more for each further one.</summary>
    [Theory]
    [InlineData(1, 1_000_000, 64)]
    [InlineData(1_000, 1_000_000, 64)]
    [InlineData(10_000, 1_000_000, 64)]
    public void A_queued_message_costs_no_more_than_its_budget(int sessions, int messages, int budgetBytes)
    {
        var bytes = BytesOf(sessions, messages, recipientsEach: 1) / messages;

        TestContext.Current.TestOutputHelper?.WriteLine($"{sessions} sessions: {bytes} bytes a message");
        Assert.InRange(bytes, 24, budgetBytes);
    }

    [Fact]
    public void A_message_for_a_hundred_sessions_costs_a_ring_place_for_each()
    {
        var bytes = BytesOf(sessions: 100, messages: 50_000, recipientsEach: 100) / (50_000 * 100);

        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes} bytes a recipient");
        Assert.InRange(bytes, 8, 17);
    }

    private static long BytesOf(int sessions, int messages, int recipientsEach)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var index = new StoreIndex();
        index.Settle();
        var buffer = new RecordBuffer();
        var recipients = new RecipientList();
        var next = new long[sessions];
        for (var message = 0; message < messages; message++)
        {
            buffer.Clear();
            recipients.Clear();
            for (var i = 0; i < recipientsEach; i++)
            {
                var session = (int)(((message * 7919L) + i) % sessions);
                recipients.Add((uint)session + 1, next[session]++, QoS.AtLeastOnce, retain: false, null, default);
            }

            new MessageBody { Id = message + 2, Topic = "t"u8, Recipients = recipients.Span, ExpiresAtUtcMs = long.MaxValue, AnnouncedExpiryUtcMs = long.MaxValue }.Write(buffer);
            var reader = new RecordReader(buffer.Span);
            Assert.True(reader.TryRead());
            index.Apply(ref reader, segment: 1, offset: 4096);
        }

        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Equal((long)messages * recipientsEach, index.QueuedCount);
        return bytes;
    }
}
