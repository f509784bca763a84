using BenchmarkDotNet.Attributes;
using Godwit.Micro.Operations;

namespace Godwit.Micro.Tests;

/// <summary>Every operation that bench/micro times allocates what it says, which is nothing unless it says otherwise.</summary>
public sealed class AllocationTests
{
    private const int RunsPerRound = 1_000;
    private const int Rounds = 5;

    public static TheoryData<string> Names => [.. Operation.Of(Operation.Classes).Select(operation => operation.Name)];

    [Theory, Spec("R52")]
    [MemberData(nameof(Names))]
    public void An_operation_allocates_no_more_than_it_says(string name)
    {
        var operation = Operation.Of(Operation.Classes).Single(operation => operation.Name == name);

        Assert.InRange(AllocatedBytes(operation), 0, operation.AllocatedBytesMax);
    }

    [Fact]
    public void An_operation_that_allocates_is_noticed()
    {
        var operation = Assert.Single(Operation.Of([typeof(Wasteful)]));

        Assert.True(AllocatedBytes(operation) >= Wasteful.Size);
        Assert.Equal(0, operation.AllocatedBytesMax);
    }

    [Fact]
    public void Every_choice_of_parameters_is_an_operation_of_its_own()
    {
        Assert.Equal(6, Operation.Of([typeof(TurnOperations)]).Count());
        Assert.Contains("MatchOperations.Exact(Others: 100000)", Operation.Of(Operation.Classes).Select(operation => operation.Name));
    }

    /// <summary>
    /// Bytes of one run once everything has grown: the least of a few rounds, because the runtime now and then allocates on the thread whose
    /// code it replaces, and a collection may empty a pool; but not in every round.
    /// </summary>
    private static double AllocatedBytes(Operation operation)
    {
        var (run, takeDown) = operation.Prepare();
        try
        {
            Repeat(run, 2 * RunsPerRound);
            var least = long.MaxValue;
            for (var round = 0; round < Rounds && least > 0; round++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                Repeat(run, RunsPerRound);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            return (double)least / RunsPerRound;
        }
        finally
        {
            takeDown();
        }
    }

    private static void Repeat(Func<int> run, int times)
    {
        for (var i = 0; i < times; i++)
        {
            run();
        }
    }

    /// <summary>Allocates at each run.</summary>
    public class Wasteful
    {
        internal const int Size = 100;

        private byte[] _bytes = [];

        [Benchmark]
        public int Waste()
        {
            _bytes = new byte[Size];
            return _bytes.Length;
        }
    }
}
