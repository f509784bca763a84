using Godwit.Broker.Shards;

namespace Godwit.Broker.Tests;

/// <summary>Inputs from other threads: nothing is lost, order per poster, one wake for each time the mailbox was empty.</summary>
public sealed class MailboxTests
{
    [Fact]
    public void Only_the_first_input_of_an_empty_mailbox_asks_for_a_wake()
    {
        var mailbox = new Mailbox();

        Assert.True(mailbox.Post(new Numbered(0, 1)));
        Assert.False(mailbox.Post(new Numbered(0, 2)));
        Assert.Equal(2, mailbox.TakeAll().Count);
        Assert.True(mailbox.Post(new Numbered(0, 3)));
        Assert.Single(mailbox.TakeAll());
        Assert.Empty(mailbox.TakeAll());
    }

    [Fact]
    public void Bytes_are_those_of_inputs_not_yet_taken()
    {
        var mailbox = new Mailbox();
        mailbox.Post(new Numbered(0, 1) { Size = 70 });
        mailbox.Post(new Numbered(0, 2) { Size = 30 });

        Assert.Equal(100, mailbox.Bytes);
        mailbox.TakeAll();
        Assert.Equal(0, mailbox.Bytes);
    }

    [Fact]
    public async Task Many_threads_post_and_the_shard_sleeps_until_it_is_woken()
    {
        const int posters = 4;
        const int each = 50_000;
        var mailbox = new Mailbox();
        using var wake = new SemaphoreSlim(0);
        var posting = Enumerable.Range(0, posters).Select(poster => InThread(() =>
        {
            for (var i = 0; i < each; i++)
            {
                if (mailbox.Post(new Numbered(poster, i)))
                {
                    wake.Release();
                }
            }
        })).ToArray();

        var next = new int[posters];
        for (var taken = 0; taken < posters * each;)
        {
            Assert.True(await wake.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken), $"No wake came; {taken} inputs were taken.");
            var inputs = mailbox.TakeAll();
            Assert.NotEmpty(inputs);                            // a wake without mail would be one too many
            taken += inputs.Count;
            foreach (var input in inputs.Cast<Numbered>())
            {
                Assert.Equal(next[input.Poster]++, input.Number);
            }
        }

        await Task.WhenAll(posting);
        Assert.Equal(0, wake.CurrentCount);
        Assert.Empty(mailbox.TakeAll());
    }

    private static Task InThread(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private sealed class Numbered(int poster, int number) : ShardInput
    {
        public int Poster { get; } = poster;

        public int Number { get; } = number;

        public int Size { get; init; }

        public override int SizeBytes => Size;

        internal override void Run(Shard shard)
        {
        }
    }
}
