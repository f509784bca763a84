using Godwit.Compare.Brokers;
using Godwit.Compare.Judging;
using Godwit.Compare.Reports;

namespace Godwit.Compare.Tests;

public sealed class ReportTests
{
    private static readonly Comparison Example = new()
    {
        Circumstances = [("date", "2026-11-21 12:00 UTC"), ("kernel", "Linux 6.1")],
        Brokers = [BrokerKind.Mosquitto, BrokerKind.GodwitMemory, BrokerKind.GodwitDurable],
        Rows =
        [
            new Row(
                "a",
                "1:1",
                "CPU µs/message",
                new Dictionary<BrokerKind, IReadOnlyList<double>>
                {
                    [BrokerKind.Mosquitto] = [8, 1, 4],
                    [BrokerKind.GodwitMemory] = [0.1, 0.2],
                },
                [
                    new Bar(BrokerKind.GodwitMemory, BrokerKind.Mosquitto, 0.0375, 0.016, Verdict.Missed),
                    new Bar(BrokerKind.GodwitDurable, BrokerKind.Mosquitto, null, 0.016, Verdict.Missed, "no figure of godwit durable"),
                    new Bar(BrokerKind.GodwitMemory, BrokerKind.Relay, null, 5, Verdict.NotJudged, "no relay here"),
                ]),
            new Row(
                "g",
                "steady",
                "p99 µs",
                new Dictionary<BrokerKind, IReadOnlyList<double>> { [BrokerKind.Mosquitto] = [2000], [BrokerKind.GodwitMemory] = [12.34], [BrokerKind.GodwitDurable] = [100] },
                [new Bar(BrokerKind.GodwitMemory, BrokerKind.Mosquitto, 0.00617, 1, Verdict.Reached)]),
        ],
        Faults = ["a, godwit durable: no report: refused"],
    };

    [Fact]
    public void The_tables_are_written_as_ever()
    {
        const string Golden = """
            ## Figures

            | workload | figure | mosquitto | godwit memory | godwit durable | memory / mosquitto | durable / mosquitto |
            |---|---|--:|--:|--:|--:|--:|
            | a 1:1 | CPU µs/message | 4.00 | 0.150 | - | 0.038 | - |
            | g steady | p99 µs | 2,000 | 12.3 | 100 | 0.006 | 0.050 |

            ## Bars

            | workload | figure | broker | divided by | ratio | at most | |
            |---|---|---|---|--:|--:|---|
            | a | CPU µs/message | godwit memory | mosquitto | 0.038 | 0.016 | **missed** |
            | a | CPU µs/message | godwit durable | mosquitto | - | 0.016 | **missed**: no figure of godwit durable |
            | a | CPU µs/message | godwit memory | relay | - | 5.000 | not judged: no relay here |
            | g | p99 µs | godwit memory | mosquitto | 0.006 | 1.000 | reached |

            1 bars reached, 2 missed, 1 not judged.

            ## What went wrong

            * a, godwit durable: no report: refused

            """;

        Assert.Equal(Golden, ComparisonText.Tables(Example));
    }

    [Fact]
    public void The_page_begins_with_the_circumstances_and_ends_with_the_tables()
    {
        var page = ComparisonText.Page(Example);

        Assert.StartsWith("# Performance\n", page, StringComparison.Ordinal);
        Assert.Contains("\n| | |\n|---|---|\n| date | 2026-11-21 12:00 UTC |\n| kernel | Linux 6.1 |\n\n", page, StringComparison.Ordinal);
        Assert.EndsWith("\n\n" + ComparisonText.Tables(Example), page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_JSON_is_written_as_ever()
    {
        const string Golden = """
            {
              "tool": "bench/compare",
              "reached": true,
              "circumstances": {
                "kernel": "Linux 6.1"
              },
              "figures": [
                {
                  "workload": "g",
                  "figure": "p99 µs",
                  "mosquitto": {
                    "median": 2000,
                    "values": [
                      2000
                    ]
                  },
                  "godwit memory": {
                    "median": 12.34,
                    "values": [
                      12.34
                    ]
                  },
                  "bars": [
                    {
                      "broker": "godwit memory",
                      "against": "mosquitto",
                      "ratio": 0.00617,
                      "ratio_max": 1,
                      "verdict": "reached"
                    }
                  ]
                }
              ],
              "faults": [
                "x"
              ]
            }

            """;
        var small = Example with
        {
            Circumstances = [("kernel", "Linux 6.1")],
            Brokers = [BrokerKind.Mosquitto, BrokerKind.GodwitMemory],
            Rows = [Example.Rows[1]],
            Faults = ["x"],
        };

        Assert.Equal(Golden, ComparisonJson.Write(small));
    }

    [Fact]
    public void Only_a_missed_bar_counts_as_missed()
    {
        Assert.False(Example.IsReached);
        Assert.True((Example with { Rows = [Example.Rows[1], Example.Rows[0] with { Bars = [Example.Rows[0].Bars[2]] }] }).IsReached);
    }
}
