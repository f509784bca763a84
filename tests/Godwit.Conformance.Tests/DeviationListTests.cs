using Godwit.Conformance.Running;
using Godwit.Protocol;

namespace Godwit.Conformance.Tests;

public sealed class DeviationListTests
{
    [Theory]
    [InlineData("5.0\tA check\tdoes otherwise\n", CheckOutcome.Failed, 0)]
    [InlineData("5.0\tA check\tdoes otherwise\n", CheckOutcome.Passed, 1)]
    [InlineData("5.0\tA check\tdoes otherwise\n", CheckOutcome.Skipped, 1)]
    [InlineData("5.0\t?A check\tsometimes does otherwise\n", CheckOutcome.Passed, 0)]
    [InlineData("5.0\t?A check\tsometimes does otherwise\n", CheckOutcome.Failed, 0)]
    [InlineData("# nothing\n", CheckOutcome.Failed, 1)]
    [InlineData("# nothing\n", CheckOutcome.NotRun, 1)]
    [InlineData("# nothing\n", CheckOutcome.Passed, 0)]
    [InlineData("3.1.1\tA check\tdoes otherwise\n", CheckOutcome.Passed, 1)]
    public void Differences_are_seen_in_both_directions(string list, CheckOutcome outcome, int differences)
    {
        var check = new Check("A check", [], ProtocolVersion.Mqtt5, IsRecommendation: false, Waits: false, _ => Task.CompletedTask);

        Assert.Equal(differences, DeviationList.Compare(DeviationList.Read(list), [new CheckResult(check, outcome)]).Count());
    }
}
