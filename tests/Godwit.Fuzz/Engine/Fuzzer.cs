using System.Diagnostics;

namespace Godwit.Fuzz.Engine;

/// <summary>Runs one target: first its corpus, then inputs that are made, until the time is over or something fails.</summary>
internal sealed class Fuzzer
{
    private const int LateCheckEvery = 256;

    private readonly FuzzTarget _target;
    private readonly List<CorpusEntry> _entries;
    private readonly List<byte[]> _corpus;

    public Fuzzer(FuzzTarget target, ulong seed)
    {
        _target = target;
        Seed = seed;
        _entries = [.. target.BuiltInSeeds, .. Corpus.EntriesOf(target)];
        _corpus = _entries.ConvertAll(entry => entry.Bytes);
    }

    public ulong Seed { get; }

    public int CorpusSize => _corpus.Count;

    /// <summary>Inputs that were run, the corpus not counted.</summary>
    public long Executions { get; private set; }

    /// <summary>The iteration that runs now; -1 for an entry of the corpus.</summary>
    public long Iteration { get; private set; } = -1;

    /// <summary>Called before every made input, with the iteration.</summary>
    public Action<long>? Beginning { get; init; }

    /// <summary>The same bytes for the same seed, iteration and corpus.</summary>
    public byte[] InputOf(long iteration)
    {
        var input = _target.Make(new FuzzRandom(Seed, (ulong)iteration), _corpus);
        return input.Length <= _target.InputBytesMax ? input : input[.._target.InputBytesMax];
    }

    /// <summary>Runs every entry of the corpus.</summary>
    /// <returns>The first that fails, or null.</returns>
    public FuzzFailure? RunCorpus()
    {
        Iteration = -1;
        foreach (var entry in _entries)
        {
            if (RunOne(-1, entry.Bytes) is { } failure)
            {
                return Named(failure);
            }
        }

        return CheckLate(-1, []) is { } late ? Named(FindLate(late, [.. _entries.Select(entry => (-1L, entry.Bytes))])) : null;
    }

    /// <summary>Runs one made input.</summary>
    public FuzzFailure? RunIteration(long iteration) => RunOne(iteration, InputOf(iteration)) ?? CheckLate(iteration, InputOf(iteration));

    /// <summary>Runs the inputs 0, 1, 2, ... until the time is over.</summary>
    /// <param name="time">At least one input is run.</param>
    /// <param name="progress">Called every <paramref name="every"/>; may be null.</param>
    /// <param name="every">Time between two calls.</param>
    public FuzzFailure? RunFor(TimeSpan time, Action<TimeSpan>? progress = null, TimeSpan every = default)
    {
        var clock = Stopwatch.StartNew();
        var next = every;
        for (var iteration = 0L; iteration == 0 || clock.Elapsed < time; iteration++)
        {
            if (RunOne(iteration, InputOf(iteration)) is { } failure)
            {
                return failure;
            }

            Executions++;
            if (Executions % LateCheckEvery == 0 && CheckLate(iteration, []) is { } late)
            {
                return FindLate(late, [.. Enumerable.Range(1 - LateCheckEvery, LateCheckEvery).Select(back => (iteration + back, InputOf(iteration + back)))]);
            }

            if (progress is not null && clock.Elapsed >= next)
            {
                progress(clock.Elapsed);
                next += every;
            }
        }

        var last = (int)(Executions % LateCheckEvery);
        return last > 0 && CheckLate(-1, []) is { } end
            ? FindLate(end, [.. Enumerable.Range(0, last).Select(i => (Executions - last + i, InputOf(Executions - last + i)))])
            : null;
    }

    /// <summary>Runs an input and looks at what it cost.</summary>
    public FuzzFailure? RunOne(long iteration, byte[] input)
    {
        Iteration = iteration;
        Beginning?.Invoke(iteration);
        try
        {
            var allowed = _target.AllocatedBytesMax(input.Length);
            var allocated = long.MaxValue;
            for (var attempt = 0; attempt < 3 && allocated > allowed; attempt++)      // what is made once, such as a table, is not the input's fault
            {
                var before = _target.AllocatedBytes;
                _target.Run(input);
                allocated = Math.Min(allocated, _target.AllocatedBytes - before);
            }

            return allocated <= allowed
                ? null
                : new FuzzFailure(_target.Name, Seed, iteration, input, new AllocationException(allocated, allowed, input.Length));
        }
#pragma warning disable CA1031 // Whatever a target throws is a finding.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new FuzzFailure(_target.Name, Seed, iteration, input, exception);
        }
    }

    /// <summary>Looks for what shows itself late, after the one input that was run last.</summary>
    public FuzzFailure? CheckLate(long iteration, byte[] input)
    {
        try
        {
            _target.CheckLate();
            return null;
        }
#pragma warning disable CA1031 // Whatever a target throws is a finding.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new FuzzFailure(_target.Name, Seed, iteration, input, exception);
        }
    }

    private FuzzFailure Named(FuzzFailure failure)
    {
        var entry = _entries.Find(entry => ReferenceEquals(entry.Bytes, failure.Input));
        return failure with { Cause = new InvalidOperationException($"Entry of the corpus: {entry?.Name}", failure.Cause) };
    }

    /// <summary>One of these inputs left something behind that shows itself late: runs them again, one by one.</summary>
    /// <returns>The guilty input; the last one when none is guilty alone.</returns>
    private FuzzFailure FindLate(FuzzFailure late, IReadOnlyList<(long Iteration, byte[] Input)> inputs)
    {
        foreach (var (iteration, input) in inputs)
        {
            if ((RunOne(iteration, input) ?? CheckLate(iteration, input)) is { } failure)
            {
                return failure;
            }
        }

        var cause = new InvalidOperationException($"One of {inputs.Count} inputs, of which none fails alone; this is the last of them.", late.Cause);
        return new FuzzFailure(_target.Name, Seed, inputs[^1].Iteration, inputs[^1].Input, cause);
    }
}
