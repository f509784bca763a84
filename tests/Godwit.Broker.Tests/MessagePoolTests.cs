using System.Collections.Concurrent;
using System.Text;
using Godwit.Broker.Messages;
using Godwit.Protocol;

namespace Godwit.Broker.Tests;

/// <summary>Stored messages are re-used, but never while anybody holds a reference.</summary>
public sealed class MessagePoolTests
{
    [Theory, Spec("R52")]
    [InlineData(10)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1_000)]
    [InlineData(65_536)]
    public void A_released_message_is_used_again(int size)
    {
        var pool = new MessagePool();
        var first = pool.Rent(View(new byte[size]));
        first.Release();

        Assert.Same(first, pool.Rent(View(new byte[size])));
    }

    [Fact]
    public void A_message_above_64_KB_is_not_kept()
    {
        var pool = new MessagePool();
        var first = pool.Rent(View(new byte[65_537]));
        first.Release();

        Assert.NotSame(first, pool.Rent(View(new byte[65_537])));
    }

    [Fact]
    public void A_message_is_kept_back_until_the_last_reference_is_released()
    {
        var pool = new MessagePool();
        var held = pool.Rent(View(new byte[10]));
        held.AddReference();
        held.Release();

        Assert.NotSame(held, pool.Rent(View(new byte[10])));
        held.Release();
        Assert.Same(held, pool.Rent(View(new byte[10])));
    }

    [Fact]
    public void A_shared_message_is_used_again_and_is_its_shards_own_then()
    {
        var pool = new MessagePool();
        var first = pool.Rent(View(new byte[10]));
        first.Share();
        first.AddReference(2);
        first.Release();
        first.Release();
        Assert.NotSame(first, pool.Rent(View(new byte[10])));
        first.Release();

        var second = pool.Rent(View(new byte[10]));
        Assert.Same(first, second);
        second.AddReference();
        second.Release();
        second.Release();
        Assert.Same(second, pool.Rent(View(new byte[10])));
    }

    /// <summary>4 MB of each size, whichever way they come back.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Only_so_many_are_kept(bool isShared)
    {
        var pool = new MessagePool();
        var burst = Enumerable.Range(0, 100).Select(_ => pool.Rent(View(new byte[65_536]))).ToList();
        foreach (var message in burst)
        {
            if (isShared)
            {
                message.Share();
            }

            message.Release();
        }

        var again = Enumerable.Range(0, 100).Select(_ => pool.Rent(View(new byte[65_536]))).ToList();
        Assert.Equal(64, again.Intersect(burst).Count());
    }

    [Fact]
    public void Nothing_of_the_earlier_message_is_left()
    {
        var pool = new MessagePool();
        var first = pool.Rent(new MessageView { Topic = "a/long/topic"u8, Properties = "pppp"u8, Payload = "payload"u8, QoS = QoS.ExactlyOnce, ExpiresAtMs = 5, AnnouncedExpiryMs = 6 });
        (first.PublisherId, first.WasRetain, first.Version) = ("a", true, 8);
        first.Release();

        var second = pool.Rent(new MessageView { Topic = "b"u8, Payload = ""u8, ExpiresAtMs = long.MaxValue, AnnouncedExpiryMs = long.MaxValue });

        Assert.Same(first, second);
        Assert.Equal("b", Encoding.UTF8.GetString(second.Topic));
        Assert.True(second.Properties.IsEmpty && second.Payload.IsEmpty);
        Assert.Equal((QoS.AtMostOnce, long.MaxValue, long.MaxValue), (second.QoS, second.ExpiresAtMs, second.AnnouncedExpiryMs));
        Assert.Equal((null, false, 0L), (second.PublisherId, second.WasRetain, second.Version));
    }

    [Fact]
    public async Task No_message_changes_while_another_thread_holds_it()
    {
        const int count = 150_000;
        var queues = Enumerable.Range(0, 3).Select(_ => new BlockingCollection<(Message Message, int Number)>(256)).ToArray();
        var broken = 0;
        var readers = queues.Select(queue => Task.Factory.StartNew(
            () =>
            {
                foreach (var (message, number) in queue.GetConsumingEnumerable())
                {
                    if (!IsWhole(message, number))
                    {
                        Interlocked.Increment(ref broken);
                    }

                    message.Release();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();

        var pool = new MessagePool();
        var random = new Random(5);
        var seen = new HashSet<Message>(ReferenceEqualityComparer.Instance);
        for (var number = 0; number < count; number++)
        {
            var message = pool.Rent(View(PayloadOf(number, SizeOf(number))));
            seen.Add(message);
            foreach (var queue in queues)
            {
                if (random.Next(2) == 0)
                {
                    message.Share();
                    message.AddReference();
                    queue.Add((message, number), TestContext.Current.CancellationToken);
                }
            }

            message.Release();
        }

        Array.ForEach(queues, queue => queue.CompleteAdding());
        await Task.WhenAll(readers);
        Assert.Equal(0, broken);
        Assert.True(seen.Count < 5_000, $"{count} messages needed {seen.Count} objects.");
    }

    private static MessageView View(ReadOnlySpan<byte> payload) => new() { Payload = payload };

    private static int SizeOf(int number) => number % 13 == 0 ? 900 : number % 60;

    /// <summary>Every byte follows from the number.</summary>
    private static byte[] PayloadOf(int number, int size)
    {
        var payload = new byte[size];
        for (var i = 0; i < size; i++)
        {
            payload[i] = (byte)((number * 31) + i);
        }

        return payload;
    }

    private static bool IsWhole(Message message, int number)
    {
        var payload = message.Payload;
        var isWhole = payload.Length == SizeOf(number);
        for (var i = 0; i < payload.Length; i++)
        {
            isWhole &= payload[i] == (byte)((number * 31) + i);
        }

        return isWhole;
    }
}
