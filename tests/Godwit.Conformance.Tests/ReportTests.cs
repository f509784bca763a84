using System.Text.Json;
using System.Xml.Linq;
using Godwit.Conformance.Reports;
using Godwit.Conformance.Running;
using Godwit.Protocol;

namespace Godwit.Conformance.Tests;

public sealed class ReportTests
{
    private static readonly CheckResult Passed = Result("Is right", CheckOutcome.Passed) with { Observations = ["closes without DISCONNECT"] };

    private static readonly CheckResult Failed = Result("Is wrong", CheckOutcome.Failed) with
    {
        Sent = "client 1: PINGREQ C1 00",
        Expected = "the end of the connection",
        Came = "PINGRESP <&\u0001>",
        Transcript = ["client 1 > PINGREQ C1 00", "client 1 < PINGRESP"],
    };

    private static readonly CheckResult Advice = Result("Is unwise", CheckOutcome.Failed, isRecommendation: true);
    private static readonly CheckResult Skipped = Result("Does not apply", CheckOutcome.Skipped) with { Reason = "no retained messages here" };
    private static readonly CheckResult NotRun = Result("Came too late", CheckOutcome.NotRun) with { Reason = "the run was ended" };

    [Fact]
    public void A_failure_shows_the_statement_and_what_was_sent_expected_and_came()
    {
        var text = Text([Failed], isVerbose: false);

        Assert.StartsWith("FAILED  5.0 Is wrong\n  MQTT-2.1.3-1: ", text);
        Assert.Contains(Statements.Find("MQTT-2.1.3-1")!.Meaning, text);
        Assert.Contains("sent      client 1: PINGREQ C1 00\n  expected  the end of the connection\n  came      PINGRESP", text);
        Assert.DoesNotContain("client 1 <", text);
        Assert.EndsWith("0 passed, 1 failed\n", text);
    }

    [Fact]
    public void A_verbose_report_has_the_packets_the_skipped_and_the_choices()
    {
        var text = Text([Passed, Failed, Skipped], isVerbose: true);

        Assert.Contains("    client 1 < PINGRESP\n", text);
        Assert.Contains("SKIPPED  no retained messages here\n  5.0 Does not apply\n", text);
        Assert.Contains("  5.0 Is right: closes without DISCONNECT\n", text);
    }

    [Fact]
    public void The_summary_counts_each_kind() =>
        Assert.Equal(
            "1 passed, 2 failed (1 of them against a recommendation only), 1 skipped, 1 not run",
            TextReport.Summary([Passed, Failed, Advice, Skipped, NotRun]));

    [Fact]
    public void Advice_is_no_failure() => Assert.StartsWith("ADVICE  5.0 Is unwise", Text([Advice], isVerbose: false));

    [Fact]
    public void JSON_has_an_object_for_each_check_and_one_with_the_numbers()
    {
        var failure = JsonDocument.Parse(JsonReport.Line(Failed)).RootElement;
        var summary = JsonDocument.Parse(JsonReport.Summary([Passed, Failed, Advice])).RootElement;

        Assert.Equal("Is wrong", failure.GetProperty("check").GetString());
        Assert.Equal("failed", failure.GetProperty("outcome").GetString());
        Assert.Equal("PINGRESP <&\u0001>", failure.GetProperty("came").GetString());
        Assert.Equal(2, failure.GetProperty("packets").GetArrayLength());
        Assert.Equal([1, 2, 1], (int[])[summary.GetProperty("passed").GetInt32(), summary.GetProperty("failed").GetInt32(), summary.GetProperty("mandatoryFailed").GetInt32()]);
    }

    [Fact]
    public void JUnit_counts_only_mandatory_failures()
    {
        using var stream = new MemoryStream();

        JUnitReport.Write(stream, [Passed, Failed, Advice, Skipped, NotRun]);

        stream.Position = 0;
        var suite = XDocument.Load(stream).Root!.Elements("testsuite").Single();
        Assert.Equal(["5", "1", "3"], (string[])[suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value, suite.Attribute("skipped")!.Value]);
        Assert.Contains("PINGRESP", suite.Descendants("failure").Single().Attribute("message")!.Value);
    }

    private static CheckResult Result(string name, CheckOutcome outcome, bool isRecommendation = false) =>
        new(new Check(name, ["MQTT-2.1.3-1"], ProtocolVersion.Mqtt5, isRecommendation, Waits: false, _ => Task.CompletedTask), outcome);

    private static string Text(IReadOnlyList<CheckResult> results, bool isVerbose)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        TextReport.Write(writer, results, isVerbose);
        return writer.ToString();
    }
}
