using System.Diagnostics;
using System.Globalization;
using Godwit.Fuzz.Engine;

namespace Godwit.Fuzz.Commands;

/// <summary>A long run of one target, as ./fuzz starts it.</summary>
internal sealed class FuzzCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FuzzOptions _options;
    private readonly TextWriter _output;
    private readonly FuzzTarget _target;
    private readonly Fuzzer _fuzzer;
    private readonly FailureFile _failures;

    private FuzzCommand(FuzzOptions options, TextWriter output, RunningMark mark)
    {
        _options = options;
        _output = output;
        _target = FuzzTargets.Find(options.Target)!;
        _fuzzer = new Fuzzer(_target, options.Seed) { Beginning = mark.Set };
        _failures = new FailureFile(_target, Folder(options));
    }

    /// <summary>Runs what the arguments say.</summary>
    /// <returns>0: nothing was found; 1: something was; 2: the arguments are wrong.</returns>
    public static int Run(string[] arguments, TextWriter output)
    {
        if (FuzzOptions.Read(arguments, out var error) is not { } options)
        {
            output.WriteLine($"fuzz: {error}");
            return 2;
        }

        if (options.List)
        {
            output.WriteLine(string.Join('\n', FuzzTargets.Names));
            return 0;
        }

        try
        {
            return Run(options, output);
        }
        catch (FormatException exception)
        {
            output.WriteLine($"fuzz: the corpus of {options.Target}: {exception.Message}");
            return 2;
        }
    }

    private static int Run(FuzzOptions options, TextWriter output)
    {
        using var mark = new RunningMark(Path.Combine(Folder(options), options.Target + ".running"), options.Seed);
        var command = new FuzzCommand(options, output, mark);
        AppDomain.CurrentDomain.UnhandledException += command.OnUnhandled;
        Trace.Listeners.Clear();
        Trace.Listeners.Add(new AssertionListener());
        using var watch = new HangWatch(mark, Patience, command.OnHang);
        return command.Run();
    }

    private static string Folder(FuzzOptions options)
    {
        var folder = options.Folder.Length > 0 ? options.Folder : Path.Combine(RepositoryRoot.Find(), "artifacts", "fuzz");
        Directory.CreateDirectory(folder);
        return folder;
    }

    private int Run()
    {
        var failure = _options.Iteration is { } iteration ? _fuzzer.RunIteration(iteration) : RunFor(TimeSpan.FromMinutes(_options.Minutes));
        if (failure is null)
        {
            return 0;
        }

        Report(failure, failure.Cause is AllocationException ? failure.Input : Shrinker.Shrink(_fuzzer, failure));
        return 1;
    }

    private FuzzFailure? RunFor(TimeSpan time)
    {
        _output.WriteLine($"{_target.Name}: {_fuzzer.CorpusSize} inputs of the corpus, then seed {_fuzzer.Seed} for {time.TotalSeconds:0} s");
        var failure = _fuzzer.RunCorpus() ?? _fuzzer.RunFor(time, elapsed => Progress("", elapsed), every: TimeSpan.FromSeconds(5));
        if (failure is null)
        {
            Progress("nothing found, ", time);
        }

        return failure;
    }

    private void Progress(string what, TimeSpan elapsed)
    {
        var perSecond = (_fuzzer.Executions / Math.Max(0.001, elapsed.TotalSeconds)).ToString("N0", CultureInfo.InvariantCulture);
        var executions = _fuzzer.Executions.ToString("N0", CultureInfo.InvariantCulture);
        _output.WriteLine($"{_target.Name}: {what}{elapsed.TotalSeconds:0} s, {executions} executions, {perSecond}/s, corpus {_fuzzer.CorpusSize}, seed {_fuzzer.Seed}");
    }

    private void Report(FuzzFailure failure, byte[] smallest)
    {
        _output.WriteLine(failure);
        _output.WriteLine(_failures.Write(failure, smallest));
        _output.Flush();
    }

    /// <summary>An exception on a thread of its own: the process ends, and this is the last that can be said.</summary>
    private void OnUnhandled(object sender, UnhandledExceptionEventArgs arguments) =>
        ReportCurrent((Exception)arguments.ExceptionObject);

    private void OnHang(TimeSpan elapsed)
    {
        ReportCurrent(new TimeoutException($"The input has been running for {elapsed.TotalSeconds:0} s."));
        Environment.Exit(1);
    }

    private void ReportCurrent(Exception cause)
    {
        var iteration = _fuzzer.Iteration;
        var input = iteration < 0 ? [] : _fuzzer.InputOf(iteration);
        Report(new FuzzFailure(_target.Name, _fuzzer.Seed, iteration, input, cause), input);
    }
}
