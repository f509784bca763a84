using System.Globalization;
using System.Text;
using System.Xml;
using Godwit.Conformance.Running;

namespace Godwit.Conformance.Reports;

/// <summary>The XML that build servers read as the results of JUnit: a test suite for each version, a test case for each check.</summary>
public static class JUnitReport
{
    /// <summary>Writes the whole document, UTF-8.</summary>
    public static void Write(Stream output, IReadOnlyList<CheckResult> results)
    {
        using var xml = XmlWriter.Create(output, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) });
        xml.WriteStartElement("testsuites");
        foreach (var suite in results.GroupBy(result => result.Check.VersionText, StringComparer.Ordinal))
        {
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", $"MQTT {suite.Key}");
            WriteNumber(xml, "tests", suite.Count());
            WriteNumber(xml, "failures", suite.Count(result => result.IsMandatoryFailure));
            WriteNumber(xml, "skipped", suite.Count(result => result.Outcome is CheckOutcome.Skipped or CheckOutcome.NotRun || IsAdvice(result)));
            xml.WriteAttributeString("time", Seconds(suite.Sum(result => result.Duration.TotalSeconds)));
            foreach (var result in suite)
            {
                WriteCase(xml, result);
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, CheckResult result)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", $"MQTT {result.Check.VersionText}");
        xml.WriteAttributeString("name", $"{result.Check.Name} [{string.Join(", ", result.Check.Ids)}]");
        xml.WriteAttributeString("time", Seconds(result.Duration.TotalSeconds));
        if (result.IsMandatoryFailure)
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("message", Legal($"expected {result.Expected}; came {result.Came}"));
            xml.WriteString(Legal(string.Join('\n', Meanings(result).Concat(result.Transcript))));
            xml.WriteEndElement();
        }
        else if (result.Outcome != CheckOutcome.Passed)
        {
            xml.WriteStartElement("skipped");
            xml.WriteAttributeString("message", Legal(IsAdvice(result) ? $"against a recommendation: expected {result.Expected}; came {result.Came}" : result.Reason));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    /// <summary>XML has no way to write most control characters; brokers send them all the same.</summary>
    private static string Legal(string text) => string.Concat(text.Select(character =>
        XmlConvert.IsXmlChar(character) || char.IsSurrogate(character) ? character.ToString() : $"\\u{(int)character:X4}"));

    private static IEnumerable<string> Meanings(CheckResult result) =>
        result.Check.Ids.Select(id => $"{id}: {Statements.Find(id)?.Meaning ?? "a known trap"}").Append($"sent {result.Sent}");

    private static bool IsAdvice(CheckResult result) => result.Outcome == CheckOutcome.Failed && !result.IsMandatoryFailure;

    private static void WriteNumber(XmlWriter xml, string name, int value) => xml.WriteAttributeString(name, value.ToString(CultureInfo.InvariantCulture));

    private static string Seconds(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
