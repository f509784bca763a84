using Godwit.Fuzz.Engine;
namespace Godwit.Fuzz.Commands;
internal static class FuzzCommand
{
    public static int Run(string[] args, TextWriter output)
    {
        foreach (var name in args.Length > 1 ? [args[1]] : FuzzTargets.Names)
        {
            var fuzzer = new Fuzzer(FuzzTargets.Find(name)!, 1);
            var f = fuzzer.RunCorpus() ?? fuzzer.RunFor(TimeSpan.FromSeconds(double.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture)));
            output.WriteLine($"{name} {fuzzer.Executions} corpus {fuzzer.CorpusSize} {f}");
        }
        return 0;
    }
}
