using System.Globalization;
using Godwit.Fuzz.Commands;
using Godwit.Fuzz.Engine;

namespace Godwit.Fuzz.Tests;

/// <summary>
/// Each target for ten seconds, a reader of text for one, or as long as GODWIT_FUZZ_SECONDS says. The inputs are the same in every run, a slow
/// machine only gets less far; GODWIT_FUZZ_SEED takes others. ./fuzz runs for longer.
/// </summary>
public sealed class FuzzTests
{
    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory, MemberData(nameof(Targets)), Spec("Hostile-2", "Hostile-6", "Hostile-12", "Hostile-13", "Hostile-14", "Hostile-18", "Hostile-59")]
    public void Nothing_is_found(string target)
    {
        var found = FuzzTargets.Find(target)!;
        var fuzzer = new Fuzzer(found, (ulong)Setting("GODWIT_FUZZ_SEED", 1));

        var failure = fuzzer.RunCorpus() ?? fuzzer.RunFor(TimeSpan.FromSeconds(Setting("GODWIT_FUZZ_SECONDS", found.SecondsInTests)));

        TestContext.Current.TestOutputHelper?.WriteLine($"{fuzzer.Executions} executions");
        Assert.True(failure is null, $"{failure}\nkeep it: {Corpus.PathOf(target)}");
    }

    private static double Setting(string name, double usual) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : usual;
}
