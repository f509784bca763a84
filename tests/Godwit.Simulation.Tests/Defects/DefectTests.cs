using System.Diagnostics;

namespace Godwit.Simulation.Tests.Defects;

/// <summary>The proof that the simulator tests anything: mistakes made on purpose, each of which it has to find.</summary>
public sealed class DefectTests(DefectiveSimulator simulator) : IClassFixture<DefectiveSimulator>
{
    private const int SeedsMax = 500;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("batch-reversed", "I3")]
    [InlineData("bytes-not-released", "I10")]
    [InlineData("clean-start-ignored", null)]
    [InlineData("dup-missing", "I9")]
    [InlineData("expired-delivered", "I13")]
    [InlineData("no-local-ignored", "I4")]
    [InlineData("overlap-loses-identifier", "I4")]
    [InlineData("overlap-lowers-qos", "I4")]
    [InlineData("packet-id-reused", "I9")]
    [InlineData("qos2-forgotten-after-pubrec", "I2")]
    [InlineData("qos2-lost-at-takeover", null)]
    [InlineData("receive-maximum-exceeded", "I9")]
    [InlineData("repeats-lost", null)]
    [InlineData("retained-not-cleared", "I6")]
    [InlineData("session-never-expires", null)]
    [InlineData("session-present-forgotten", "I8")]
    [InlineData("shared-lost-with-member", "I1")]
    [InlineData("shared-qos2-sent-on", "I14")]
    [InlineData("shared-twice", "I14")]
    [InlineData("unsubscribe-forgotten", null)]
    [InlineData("will-after-disconnect", "I7")]
    [InlineData("will-delay-ignored", "I7")]
    [InlineData("will-lost-at-takeover", null)]
    [InlineData("will-twice", null)]
    [InlineData("ack-before-fsync", null)]
    [InlineData("acknowledged-copied", null)]
    [InlineData("directory-not-synced", null)]
    [InlineData("expiry-not-restored", "I8")]
    [InlineData("identifier-lost-at-restart", "I4")]
    [InlineData("packet-id-reused-after-restart", null)]
    [InlineData("pubcomp-before-release-durable", "I2")]
    [InlineData("pubrec-before-inbound-durable", "I2")]
    [InlineData("pubrel-before-pubrec-durable", "I2")]
    [InlineData("qos2-sent-before-durable", "I2")]
    [InlineData("qos2-state-lost-at-restart", "I2")]
    [InlineData("retained-delete-not-logged", "I6")]
    [InlineData("rights-skipped-on-queue", "I5")]
    [InlineData("rights-skipped-on-retained", "I5")]
    [InlineData("segment-retired-before-cold-flush", null)]
    [InlineData("suback-before-durable", null)]
    [InlineData("tombstone-dropped", null)]
    [InlineData("torn-tail-accepted", null)]
    [InlineData("will-lost-at-crash", "I7")]
    [InlineData("will-twice-after-crash", "I7")]
    // Without an invariant: any that shows it will do. With one: what others show does not count, whichever seed is the first.
    public void Every_mistake_in_the_broker_is_found(string defect, string? invariant)
    {
        var found = Hunt(defect, invariant ?? "I");

        Assert.NotNull(found);
    }

    [Fact]
    public void Without_a_mistake_the_same_build_finds_nothing() => Assert.Null(Hunt("none", "", seeds: 100));

    /// <summary>Two threads take one seed after another until one of them finds a failure that begins with these words.</summary>
    private string? Hunt(string defect, string words, int seeds = SeedsMax)
    {
        string? found = null;
        var next = 0;
        var watch = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, 2).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return found;

        void Work()
        {
            while (Volatile.Read(ref found) is null && Interlocked.Increment(ref next) is var seed && seed <= seeds && watch.Elapsed < TimeMax)
            {
                if (simulator.Run(defect, seed) is { } failure && failure.StartsWith(words, StringComparison.Ordinal))
                {
                    Interlocked.CompareExchange(ref found, failure, null);
                }
            }
        }
    }
}
