using System.Text;
using System.Text.Json;
using Godwit.Bench.Measurement;
using Godwit.Bench.Plans;
using Godwit.Bench.Runs;
using Godwit.Protocol;

namespace Godwit.Bench.Reports;

/// <summary>A result as one JSON object on one line. The fields are listed in docs/bench.md and stay.</summary>
public static class JsonReport
{
    private const double NsPerUs = 1000;

    /// <summary>Writes it.</summary>
    /// <param name="result">What was found.</param>
    /// <param name="withSamples">Also every second.</param>
    public static string Write(BenchResult result, bool withSamples = true)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            WritePlan(json, result);
            WriteRates(json, result);
            WriteCounts(json, result);
            WriteLatency(json, "lat_us", result.Latency);
            WriteLatency(json, "ack_us", result.Acknowledgement);
            WriteLatency(json, "connack_us", result.Connect);
            WriteLatency(json, "ping_us", result.Ping);
            WriteUsage(json, result);
            if (withSamples)
            {
                WriteSamples(json, result.Samples);
            }

            if (result.FirstError is { } error)
            {
                json.WriteString("first_error", error);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    internal static string NameOf(BenchShape shape) => shape switch
    {
        BenchShape.Conn => "conn",
        BenchShape.Pub => "pub",
        BenchShape.Sub => "sub",
        BenchShape.PubSub => "pubsub",
        BenchShape.Latency => "latency",
        BenchShape.Retained => "retained",
        BenchShape.Wild => "wild",
        _ => "queue",
    };

    internal static string NameOf(ProtocolVersion version) => version switch
    {
        ProtocolVersion.Mqtt31 => "3.1",
        ProtocolVersion.Mqtt311 => "3.1.1",
        _ => "5.0",
    };

    private static void WritePlan(Utf8JsonWriter json, BenchResult result)
    {
        var plan = result.Plan;
        json.WriteString("tool", "godwit bench");
        json.WriteString("mode", NameOf(plan.Shape));
        json.WriteString("label", plan.Label);
        json.WriteString("mqtt", NameOf(plan.Version));
        json.WriteNumber("threads", plan.Threads);
        json.WriteNumber("pubs", plan.Publishers);
        json.WriteNumber("subs", plan.Subscribers);
        json.WriteNumber("topics", plan.Topics);
        json.WriteNumber("qos", (int)plan.QoS);
        json.WriteNumber("payload", plan.PayloadSize);
        json.WriteNumber("window", plan.QoS == QoS.AtMostOnce ? 0 : plan.Window);
        json.WriteNumber("e2e", plan.EffectiveCredit);
        WriteRounded(json, "rate", plan.RatePerPublisher, 3);
        WriteRounded(json, "open_loop", plan.OpenLoopRate, 3);
        WriteRounded(json, "seconds", result.Seconds, 3);
        WriteRounded(json, "fanout", result.MeanFanout, 2);
        json.WriteBoolean("interrupted", result.IsInterrupted);
    }

    private static void WriteRates(Utf8JsonWriter json, BenchResult result)
    {
        if (result.SentRate is { } sent)
        {
            WriteRounded(json, "tx_rate", sent, 0);
        }

        if (result.ReceivedRate is { } received)
        {
            WriteRounded(json, "rx_rate", received, 0);
        }

        foreach (var figure in result.Figures)
        {
            WriteRounded(json, figure.Name, figure.Value, figure.Decimals);
        }
    }

    private static void WriteCounts(Utf8JsonWriter json, BenchResult result)
    {
        var totals = result.Totals;
        json.WriteNumber("sent", totals.Sent);
        json.WriteNumber("acked", totals.Acknowledged);
        json.WriteNumber("received", totals.Received);
        json.WriteNumber("expected", totals.Expected);
        json.WriteNumber("lost", result.Lost);
        json.WriteNumber("dups", totals.Duplicates);
        json.WriteNumber("late", totals.OutOfOrder);
        json.WriteNumber("dup_flags", totals.DupFlags);
        json.WriteNumber("foreign", totals.Foreign);
        json.WriteNumber("failed_connects", totals.FailedConnects);
        json.WriteNumber("disconnects", totals.Disconnects);
        json.WriteNumber("refused", totals.Refused);
        json.WriteNumber("bad_acks", totals.BadAcknowledgements);
        json.WriteNumber("stalls", totals.Stalls);
        json.WriteNumber("pings", totals.Pings);
        json.WriteNumber("pongs", totals.Pongs);
        json.WriteNumber("reads", totals.Reads);
        json.WriteNumber("writes", totals.Writes);
    }

    private static void WriteLatency(Utf8JsonWriter json, string name, LatencyHistogram histogram)
    {
        if (histogram.Count == 0)
        {
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("count", histogram.Count);
        WriteRounded(json, "p50", histogram.Quantile(0.5) / NsPerUs, 1);
        WriteRounded(json, "p90", histogram.Quantile(0.9) / NsPerUs, 1);
        WriteRounded(json, "p99", histogram.Quantile(0.99) / NsPerUs, 1);
        WriteRounded(json, "p99.9", histogram.Quantile(0.999) / NsPerUs, 1);
        WriteRounded(json, "p99.99", histogram.Quantile(0.9999) / NsPerUs, 1);
        WriteRounded(json, "max", histogram.Maximum / NsPerUs, 1);
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, BenchResult result)
    {
        foreach (var section in result.Usage)
        {
            json.WriteStartObject(section.Name);
            if (result.Plan.BrokerPid > 0)
            {
                WriteRounded(json, "broker_cpu_s", section.BrokerCpu, 3);
                WriteRounded(json, "broker_user_s", section.After.BrokerUser - section.Before.BrokerUser, 2);
                WriteRounded(json, "broker_sys_s", section.After.BrokerSystem - section.Before.BrokerSystem, 2);
                WriteRounded(json, "cpu_us_per_msg", section.CpuUsPerMessage, 3);
                json.WriteNumber("rss_kb", section.After.ResidentKb);
                json.WriteNumber("peak_rss_kb", section.After.PeakKb);
                json.WriteNumber("rss_before_kb", section.Before.ResidentKb);
                json.WriteNumber("threads", section.After.Threads);
            }

            WriteRounded(json, "bench_cpu_s", section.OwnCpu, 3);
            WriteRounded(json, "other_cpu_s", section.OtherCpu, 2);
            json.WriteEndObject();
        }
    }

    private static void WriteSamples(Utf8JsonWriter json, IReadOnlyList<BenchSample> samples)
    {
        json.WriteStartArray("samples");
        foreach (var sample in samples)
        {
            json.WriteStartObject();
            WriteRounded(json, "s", sample.Seconds, 2);
            WriteRounded(json, "tx_rate", sample.SentRate, 0);
            WriteRounded(json, "rx_rate", sample.ReceivedRate, 0);
            WriteRounded(json, "ack_rate", sample.AcknowledgedRate, 0);
            WriteRounded(json, "p50_us", sample.P50Ns / NsPerUs, 1);
            WriteRounded(json, "p99_us", sample.P99Ns / NsPerUs, 1);
            WriteRounded(json, "max_us", sample.MaximumNs / NsPerUs, 1);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRounded(Utf8JsonWriter json, string name, double value, int decimals) =>
        json.WriteNumber(name, Math.Round((decimal)value, decimals));
}
