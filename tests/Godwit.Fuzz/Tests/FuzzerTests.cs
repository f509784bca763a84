using Godwit.Fuzz.Commands;
using Godwit.Fuzz.Engine;

namespace Godwit.Fuzz.Tests;

/// <summary>The fuzzer itself: the same inputs every time, and it must see what is wrong.</summary>
public sealed class FuzzerTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);       // never reached: the target fails long before

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory, MemberData(nameof(Targets))]
    public void An_input_follows_from_seed_and_iteration(string target)
    {
        Fuzzer[] fuzzers = [New(target, 7), New(target, 7), New(target, 8)];

        var inputs = Array.ConvertAll(fuzzers, fuzzer => Enumerable.Range(0, 50).Select(i => Convert.ToHexString(fuzzer.InputOf(i))).ToList());

        Assert.Equal(inputs[0], inputs[1]);
        Assert.NotEqual(inputs[0], inputs[2]);
        Assert.True(inputs[0].Distinct(StringComparer.Ordinal).Count() > 40);
    }

    /// <summary>Known numbers, so that a change of the generator, which would make every noted seed worthless, is a decision.</summary>
    [Fact]
    public void The_random_numbers_are_always_the_same()
    {
        var random = new FuzzRandom(seed: 1, iteration: 2);

        Assert.Equal([1_015_419_408u, 4_232_528_040u, 2_707_117_924u], [random.Next(), random.Next(), random.Next()]);
    }

    [Fact]
    public void What_an_input_breaks_is_found_and_found_again()
    {
        var target = new FakeTarget { Forbidden = [0xAB, 0xCD] };
        var failure = new Fuzzer(target, seed: 3).RunFor(Long);

        Assert.NotNull(failure);
        Assert.IsType<NotSupportedException>(failure.Cause);
        var again = new Fuzzer(target, seed: 3).RunIteration(failure.Iteration);
        Assert.Equal(Convert.ToHexString(failure.Input), Convert.ToHexString(again!.Input));
        Assert.Contains($"./fuzz --target {target.Name} --seed 3 --iteration {failure.Iteration}", $"{failure}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_input_is_made_as_small_as_it_can_be()
    {
        var fuzzer = new Fuzzer(new FakeTarget { Forbidden = [0xAB, 0xCD] }, seed: 3);

        Assert.Equal("ABCD", Convert.ToHexString(Shrinker.Shrink(fuzzer, fuzzer.RunFor(Long)!)));
    }

    [Fact]
    public void What_an_entry_of_the_corpus_breaks_is_found_with_its_name()
    {
        var failure = new Fuzzer(new FakeTarget { Forbidden = [.. "MQIsdp"u8] }, seed: 1).RunCorpus();

        Assert.Contains("3.1 CONNECT with every bit that does not matter", failure!.Cause.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(50, true)]
    public void An_input_that_allocates_more_than_its_size_allows_is_found(int waste, bool isFound)
    {
        var fuzzer = new Fuzzer(new FakeTarget { Waste = waste }, seed: 1);

        var failure = fuzzer.RunOne(0, new byte[100]);

        Assert.Equal(isFound, failure?.Cause is AllocationException);
    }

    [Fact]
    public void What_shows_itself_late_is_traced_to_its_input()
    {
        var failure = new Fuzzer(new FakeTarget { ForbiddenLate = 0xAB }, seed: 1).RunFor(Long);

        Assert.Equal(0xAB, failure!.Input[0]);
        Assert.IsType<NotSupportedException>(failure.Cause);
    }

    [Fact]
    public void What_shows_itself_late_in_the_corpus_has_a_name_too()
    {
        var failure = new Fuzzer(new FakeTarget { ForbiddenLate = 0xE0 }, seed: 1).RunCorpus();

        Assert.Contains("DISCONNECT with code 0 alone", failure!.Cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void At_least_one_input_is_run_and_then_the_clock_decides()
    {
        var target = new FakeTarget();
        var fuzzer = new Fuzzer(target, seed: 1);

        Assert.Null(fuzzer.RunFor(TimeSpan.Zero));
        Assert.Equal((1, 1), (fuzzer.Executions, target.Runs));
    }

    private static Fuzzer New(string target, ulong seed) => new(FuzzTargets.Find(target)!, seed);
}
