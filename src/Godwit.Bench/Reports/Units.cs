using System.Globalization;
using Godwit.Bench.Measurement;
using Godwit.Bench.Plans;

namespace Godwit.Bench.Reports;

/// <summary>Numbers and plans as a person reads them.</summary>
public static class Units
{
    private const double NsPerUs = 1e3;
    private const double NsPerMs = 1e6;
    private const double NsPerSecond = 1e9;

    /// <summary>Three digits and a unit: 312 us, 1.90 ms, 21.0 s.</summary>
    public static string Time(double ns) => ns switch
    {
        < NsPerUs => Digits(ns) + " ns",
        < NsPerMs => Digits(ns / NsPerUs) + " us",
        < NsPerSecond => Digits(ns / NsPerMs) + " ms",
        _ => Digits(ns / NsPerSecond) + " s",
    };

    /// <summary>Three digits and a prefix: 830, 52.3k, 1.21M.</summary>
    public static string Short(double number) => number switch
    {
        < 1e3 => number.ToString("0", CultureInfo.InvariantCulture),
        < 1e6 => Digits(number / 1e3) + "k",
        < 1e9 => Digits(number / 1e6) + "M",
        _ => Digits(number / 1e9) + "G",
    };

    /// <summary>A count with separators.</summary>
    public static string Count(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>What a plan does, in one line.</summary>
    public static string Describe(BenchPlan plan)
    {
        var pace = plan.OpenLoopRate > 0 ? $", {Short(plan.OpenLoopRate)}/s on schedule"
            : plan.RatePerPublisher > 0 ? $", {Short(plan.RatePerPublisher)}/s each"
            : "";
        var who = (plan.Publishers, plan.Subscribers) switch
        {
            (0, _) when plan.Shape == BenchShape.Conn => $"{Count(plan.Subscribers)} connections",
            (0, _) => $"{Count(plan.Subscribers)} sub",
            (_, 0) => $"{Count(plan.Publishers)} pub",
            _ => $"{Count(plan.Publishers)} pub → {Count(plan.Subscribers)} sub",
        };
        var topics = plan.Publishers > 0 ? $", {Count(plan.Topics)} topic{(plan.Topics == 1 ? "" : "s")}" : "";
        var size = plan.Publishers > 0 ? $", {Count(Math.Max(plan.PayloadSize, MessageHeader.Size))} B" : "";
        return $"{who}{topics}, QoS {(int)plan.QoS}{size}{pace}, MQTT {JsonReport.NameOf(plan.Version)}";
    }

    private static string Digits(double number) =>
        number.ToString(number >= 99.95 ? "0" : number >= 9.995 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
