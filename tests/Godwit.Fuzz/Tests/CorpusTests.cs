using Godwit.Fuzz.Commands;
using Godwit.Fuzz.Engine;
using Godwit.Fuzz.Packets;

namespace Godwit.Fuzz.Tests;

/// <summary>Every committed input, by its name; what failed once stays here.</summary>
public sealed class CorpusTests
{
    public static TheoryData<string, string> Entries => new(
        from name in FuzzTargets.Names
        from entry in Corpus.Read(name)
        select (name, entry.Name));

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory, MemberData(nameof(Entries)), Spec("Hostile-2", "Hostile-6", "Hostile-13", "Hostile-14", "Hostile-59")]
    public void An_entry_of_the_corpus_passes(string target, string entry)
    {
        var fuzzer = new Fuzzer(FuzzTargets.Find(target)!, seed: 1);
        var input = Corpus.Read(target).Single(candidate => candidate.Name == entry).Bytes;

        var failure = fuzzer.RunOne(-1, input) ?? fuzzer.CheckLate(-1, input);

        Assert.True(failure is null, $"{failure}");
    }

    /// <summary>With the rows of the golden table, and with the entries that targets share.</summary>
    [Theory, MemberData(nameof(Targets))]
    public void The_whole_corpus_passes(string target)
    {
        var fuzzer = new Fuzzer(FuzzTargets.Find(target)!, seed: 1);

        Assert.Null(fuzzer.RunCorpus()?.ToString());
        Assert.True(fuzzer.CorpusSize >= 10);
    }

    [Fact]
    public void Every_row_of_the_golden_table_is_a_seed_of_the_packet_targets()
    {
        Assert.True(GoldenSeeds.All.Count > 900);
        Assert.All(
            ["packet-reader", "packet-reader-split", "reader-writer"],
            name => Assert.True(new Fuzzer(FuzzTargets.Find(name)!, seed: 1).CorpusSize > GoldenSeeds.All.Count));
    }

    [Fact]
    public void A_line_is_a_name_and_bytes_and_may_go_on()
    {
        var entries = Corpus.Parse(["# a comment", "", "one: 30 'ab'", "  | 61*3", "two, with (words): 00"]);

        Assert.Equal([("one", "3061626161" + "61"), ("two, with (words)", "00")], entries.Select(entry => (entry.Name, Convert.ToHexString(entry.Bytes))));
    }

    [Theory]
    [InlineData("no bytes")]
    [InlineData(": 00")]
    [InlineData("name: 0")]
    [InlineData("name: zz")]
    [InlineData("name: 'open")]
    public void A_line_that_cannot_be_read_is_an_error(string line) => Assert.Throws<FormatException>(() => Corpus.Parse([line]));

    [Fact]
    public void What_is_written_is_read_back()
    {
        byte[] input = [0, 1, 0xFF];

        Assert.Equal(input, Assert.Single(Corpus.Parse([Corpus.Format("a name", input)])).Bytes);
    }
}
